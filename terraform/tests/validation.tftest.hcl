# Wrong input is refused at plan time: each run sets many variables wrong, and each of them must be refused.
# What the messages say is tested in tests/terraform/test_wrong_input.py.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  database_password = "A-passw0rd-of-ours"
}

run "one_wrong_value_for_each_variable" {
  command = plan

  variables {
    project_name                    = "producer_api"
    zappa_project_name              = "producer_api"
    environment                     = "prod"
    aws_region                      = "us-east-1a" # a zone
    vpc_cidr_block                  = "10.42.0.0/28"
    allowed_cidr_blocks             = ["0.0.0.0/0"]
    log_retention_days              = 2
    database_name                   = "car-entities"
    database_user                   = "rdsadmin"
    database_password               = null
    database_password_version       = 0
    aurora_engine_version           = "9.6"
    aurora_instance_class           = "db.t3.small"
    aurora_max_capacity             = 1.3
    aurora_instances                = 0
    iam_database_user               = "LambdaUser"
    aurora_dsql_database_name       = "car-entities"
    aurora_dsql_cluster_resource_id = "cluster-xxxxx"
    aurora_dsql_instance_class      = "small"
    aurora_dsql_engine_version      = "9.6"
  }

  expect_failures = [
    var.project_name,
    var.zappa_project_name,
    var.environment,
    var.aws_region,
    var.vpc_cidr_block,
    var.allowed_cidr_blocks,
    var.log_retention_days,
    var.database_name,
    var.database_user,
    var.database_password,
    var.database_password_version,
    var.aurora_engine_version,
    var.aurora_instance_class,
    var.aurora_max_capacity,
    var.aurora_instances,
    var.iam_database_user,
    var.aurora_dsql_database_name,
    var.aurora_dsql_cluster_resource_id,
    var.aurora_dsql_instance_class,
    var.aurora_dsql_engine_version,
  ]
}

run "a_second_wrong_value" {
  command = plan

  variables {
    environment_name                = "an-environment-for-tests"   # too long for the name of a role
    availability_zones              = ["eu-west-1a", "eu-west-1b"] # of another region
    vpc_cidr_block                  = "10.42.0.1/16"               # host bits
    allowed_cidr_blocks             = ["0.0.0.0/1", "128.0.0.0/1"] # the internet in halves
    environment                     = "production"
    deletion_protection             = false
    kms_key_arn                     = "alias/cars"
    aurora_dsql_administrator_arns  = ["admin"]
    database_name                   = "select" # reserved
    database_user                   = "user"
    iam_database_user               = "postgres"                           # an administrator
    aurora_dsql_database_name       = "public"                             # the administrator's schema
    aurora_dsql_cluster_resource_id = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" # Aurora's, for DSQL
  }

  expect_failures = [
    var.environment_name,
    var.availability_zones,
    var.vpc_cidr_block,
    var.allowed_cidr_blocks,
    var.deletion_protection,
    var.kms_key_arn,
    var.aurora_dsql_administrator_arns,
    var.database_name,
    var.database_user,
    var.iam_database_user,
    var.aurora_dsql_database_name,
    var.aurora_dsql_cluster_resource_id,
  ]
}

run "a_third_wrong_value" {
  command = plan

  variables {
    environment_name                = "load_test"
    availability_zones              = ["us-east-1a"] # Aurora needs two
    vpc_cidr_block                  = "::/16"
    allowed_cidr_blocks             = ["203.0.113.7"] # no prefix
    aurora_dsql_database_name       = "pg_cars"       # the system's schema
    aurora_dsql_database_user       = "user"
    aurora_dsql_peer_vpc_cidr_block = "::/16"
    aurora_dsql_peer_kms_key_arn    = "alias/cars"
    aurora_dsql_cluster_resource_id = "Cluster-XXXXX"
  }

  expect_failures = [
    var.environment_name,
    var.availability_zones,
    var.vpc_cidr_block,
    var.allowed_cidr_blocks,
    var.aurora_dsql_database_name,
    var.aurora_dsql_database_user,
    var.aurora_dsql_peer_vpc_cidr_block,
    var.aurora_dsql_peer_kms_key_arn,
    var.aurora_dsql_cluster_resource_id,
  ]
}

run "wrong_for_aurora_postgresql" {
  command = plan

  variables {
    availability_zones              = ["us-east-1a", "us-east-1ab"]
    allowed_cidr_blocks             = ["2001:db8::/32"]
    aurora_dsql_engine              = "aurora-postgresql" # and no password
    aurora_dsql_database_name       = "table"
    aurora_dsql_cluster_resource_id = "cluster-ABC"
    aurora_dsql_endpoint_zones      = ["us-east-2a"] # no second region
    aurora_dsql_instance_class      = "db.t3.small"
  }

  expect_failures = [
    var.availability_zones,
    var.allowed_cidr_blocks,
    var.aurora_dsql_database_password,
    var.aurora_dsql_database_name,
    var.aurora_dsql_cluster_resource_id,
    var.aurora_dsql_endpoint_zones,
    var.aurora_dsql_instance_class,
  ]
}

# Apart from the rest: other variables are checked against these, and are not checked at all where these are wrong.
run "wrong_values_that_others_refer_to" {
  command = plan

  variables {
    availability_zones        = ["us-east-1a", "us-east-1"] # a region
    aurora_dsql_engine        = "postgres"
    aurora_dsql_database_user = "admin"
  }

  expect_failures = [var.availability_zones, var.aurora_dsql_engine, var.aurora_dsql_database_user]
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
