# Wrong input is refused at plan time. What the messages say is tested in tests/terraform/test_wrong_input.py.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  database_password = "A-passw0rd-of-ours"
}

run "project_name_with_underscore" {
  command = plan

  variables {
    project_name = "producer_api"
  }

  expect_failures = [var.project_name]
}

run "unknown_environment" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}

run "zone_for_a_region" {
  command = plan

  variables {
    aws_region = "us-east-1a"
  }

  expect_failures = [var.aws_region]
}

run "zones_of_another_region" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a", "eu-west-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "a_single_zone" {
  command = plan

  variables {
    availability_zones = ["us-east-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "network_too_small" {
  command = plan

  variables {
    vpc_cidr_block = "10.42.0.0/28"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "network_with_host_bits" {
  command = plan

  variables {
    vpc_cidr_block = "10.42.0.1/16"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "open_to_the_internet" {
  command = plan

  variables {
    allowed_cidr_blocks = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_cidr_blocks]
}

run "open_to_the_internet_in_halves" {
  command = plan

  variables {
    allowed_cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.allowed_cidr_blocks]
}

run "address_without_a_prefix" {
  command = plan

  variables {
    allowed_cidr_blocks = ["203.0.113.7"]
  }

  expect_failures = [var.allowed_cidr_blocks]
}

run "ipv6_range" {
  command = plan

  variables {
    allowed_cidr_blocks = ["2001:db8::/32"]
  }

  expect_failures = [var.allowed_cidr_blocks]
}

run "production_without_deletion_protection" {
  command = plan

  variables {
    environment         = "production"
    deletion_protection = false
  }

  expect_failures = [var.deletion_protection, check.production_has_backups]
}

run "retention_that_cloudwatch_lacks" {
  command = plan

  variables {
    log_retention_days = 2
  }

  expect_failures = [var.log_retention_days]
}

run "database_name_with_hyphen" {
  command = plan

  variables {
    database_name = "car-entities"
  }

  expect_failures = [var.database_name]
}

run "reserved_administrator" {
  command = plan

  variables {
    database_user = "rdsadmin"
  }

  expect_failures = [var.database_user]
}

run "missing_password" {
  command = plan

  variables {
    database_password = null
  }

  expect_failures = [var.database_password]
}

run "password_version_zero" {
  command = plan

  variables {
    database_password_version = 0
  }

  expect_failures = [var.database_password_version]
}

run "ancient_version" {
  command = plan

  variables {
    aurora_engine_version = "9.6"
  }

  expect_failures = [var.aurora_engine_version]
}

run "class_that_aurora_lacks" {
  command = plan

  variables {
    aurora_instance_class = "db.t3.small"
  }

  expect_failures = [var.aurora_instance_class]
}

run "capacity_in_thirds" {
  command = plan

  variables {
    aurora_max_capacity = 1.3
  }

  expect_failures = [var.aurora_max_capacity]
}

run "unknown_engine" {
  command = plan

  variables {
    aurora_dsql_engine = "postgres"
  }

  expect_failures = [var.aurora_dsql_engine]
}

run "function_user_with_capitals" {
  command = plan

  variables {
    iam_database_user = "LambdaUser"
  }

  expect_failures = [var.iam_database_user]
}

run "function_as_administrator" {
  command = plan

  variables {
    iam_database_user = "postgres"
  }

  expect_failures = [var.iam_database_user]
}

run "schema_of_the_administrator" {
  command = plan

  variables {
    aurora_dsql_database_name = "public"
  }

  expect_failures = [var.aurora_dsql_database_name]
}

run "schema_of_the_system" {
  command = plan

  variables {
    aurora_dsql_database_name = "pg_cars"
  }

  expect_failures = [var.aurora_dsql_database_name]
}

run "second_database_name_with_hyphen" {
  command = plan

  variables {
    aurora_dsql_database_name = "car-entities"
  }

  expect_failures = [var.aurora_dsql_database_name]
}

run "the_guides_placeholder_resource_id" {
  command = plan

  variables {
    aurora_dsql_cluster_resource_id = "cluster-xxxxx"
  }

  expect_failures = [var.aurora_dsql_cluster_resource_id]
}

run "aurora_resource_id_for_dsql" {
  command = plan

  variables {
    aurora_dsql_cluster_resource_id = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  }

  expect_failures = [var.aurora_dsql_cluster_resource_id]
}

run "no_instance_class_at_all" {
  command = plan

  variables {
    aurora_dsql_instance_class = "small"
  }

  expect_failures = [var.aurora_dsql_instance_class]
}

run "second_class_that_aurora_lacks" {
  command = plan

  variables {
    aurora_dsql_engine            = "aurora-postgresql"
    aurora_dsql_database_password = "Another-passw0rd"
    aurora_dsql_instance_class    = "db.t3.small"
  }

  expect_failures = [var.aurora_dsql_instance_class]
}

run "second_ancient_version" {
  command = plan

  variables {
    aurora_dsql_engine_version = "9.6"
  }

  expect_failures = [var.aurora_dsql_engine_version]
}

run "second_reserved_administrator" {
  command = plan

  variables {
    aurora_dsql_database_user = "admin"
  }

  expect_failures = [var.aurora_dsql_database_user]
}

run "second_missing_password" {
  command = plan

  variables {
    aurora_dsql_engine = "aurora-postgresql"
  }

  expect_failures = [var.aurora_dsql_database_password]
}

run "zone_of_two_letters" {
  command = plan

  variables {
    availability_zones = ["us-east-1a", "us-east-1ab"]
  }

  expect_failures = [var.availability_zones]
}

run "zone_without_a_letter" {
  command = plan

  variables {
    availability_zones = ["us-east-1a", "us-east-1"]
  }

  expect_failures = [var.availability_zones]
}

run "ipv6_network" {
  command = plan

  variables {
    vpc_cidr_block = "::/16"
  }

  expect_failures = [var.vpc_cidr_block]
}

run "placeholder_in_capitals" {
  command = plan

  variables {
    aurora_dsql_cluster_resource_id = "Cluster-XXXXX"
  }

  expect_failures = [var.aurora_dsql_cluster_resource_id]
}

run "resource_id_of_another_length" {
  command = plan

  variables {
    aurora_dsql_engine              = "aurora-postgresql"
    aurora_dsql_database_password   = "Another-passw0rd"
    aurora_dsql_cluster_resource_id = "cluster-ABC"
  }

  expect_failures = [var.aurora_dsql_cluster_resource_id]
}

run "null_takes_the_default" {
  command = plan

  variables {
    availability_zones  = null
    allowed_cidr_blocks = null
    environment         = null
  }

  assert {
    condition     = var.environment == "dev" && length(var.allowed_cidr_blocks) == 0
    error_message = "null is a value of its own."
  }
}
