# The guide's tfvars, as in terraform.tfvars.example, and the outputs that the guide shows.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  enable_aurora     = true
  database_name     = "car_entities"
  database_user     = "postgres"
  database_password = "A-passw0rd-of-ours"

  enable_aurora_dsql_cluster      = true
  aurora_dsql_instance_class      = "db.t3.small"
  aurora_dsql_publicly_accessible = true
  aurora_dsql_database_name       = "car_entities"
  aurora_dsql_database_user       = "postgres"
  aurora_dsql_database_password   = "A-passw0rd-of-ours"
  aurora_dsql_engine_version      = "15.14"

  enable_python_lambda_dsql = true
  iam_database_user         = "lambda_dsql_user"
}

run "outputs_and_stages_are_the_guides" {
  # The block sets what only the other engine uses: that is warned of, and nothing more.
  expect_failures = [
    check.dsql_mode_ignores_instance_settings,
    check.dsql_mode_ignores_the_administrator,
    check.dsql_mode_ignores_public_access,
  ]

  assert {
    condition     = output.aurora_dsql_endpoint == "vpce-07acca8bd8980c621-nruuwp08.dsql-fnh4.us-east-1.vpce.amazonaws.com"
    error_message = "aurora_dsql_endpoint is ${output.aurora_dsql_endpoint}"
  }

  assert {
    condition     = output.aurora_dsql_host == "vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws"
    error_message = "aurora_dsql_host is ${output.aurora_dsql_host}"
  }

  assert {
    condition     = output.aurora_dsql_cluster_resource_id == "vftmkydwxvxys6asbsc6ih2the"
    error_message = "aurora_dsql_cluster_resource_id is ${output.aurora_dsql_cluster_resource_id}"
  }

  assert {
    condition     = output.aurora_dsql_public_host == "vftmkydwxvxys6asbsc6ih2the.dsql.us-east-1.on.aws"
    error_message = "aurora_dsql_public_host is ${output.aurora_dsql_public_host}"
  }

  assert {
    condition     = output.aurora_dsql_port == 5432
    error_message = "aurora_dsql_port is ${output.aurora_dsql_port}"
  }

  assert {
    condition     = output.aurora_cluster_resource_id == "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" && output.aurora_port == 5432
    error_message = "The regular cluster's outputs are ${output.aurora_cluster_resource_id} and ${output.aurora_port}"
  }

  assert {
    condition     = toset(keys(output.zappa)) == toset(["regular", "dsql"])
    error_message = "The stages are ${jsonencode(keys(output.zappa))}"
  }

  assert {
    condition = output.zappa.regular.aws_environment_variables == {
      DATABASE_URL = "postgresql://postgres@producer-api.cluster-c9akciq32rgw.us-east-1.rds.amazonaws.com:5432/car_entities"
    }
    error_message = "regular gets ${jsonencode(output.zappa.regular.aws_environment_variables)}"
  }

  assert {
    condition = output.zappa.dsql.aws_environment_variables == {
      DATABASE_URL = "dsql://lambda_dsql_user@vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws:5432/postgres?schema=car_entities"
    }
    error_message = "dsql gets ${jsonencode(output.zappa.dsql.aws_environment_variables)}"
  }

  assert {
    condition     = output.zappa.regular.permissions == [] && jsonencode(output.zappa.dsql.permissions) == jsonencode([{ Effect = "Allow", Action = ["dsql:DbConnect"], Resource = ["arn:aws:dsql:us-east-1:123456789012:cluster/vftmkydwxvxys6asbsc6ih2the"] }])
    error_message = "dsql may ${jsonencode(output.zappa.dsql.permissions)}"
  }

  assert {
    condition = alltrue([
      for stage in values(output.zappa) :
      length(stage.vpc_config.SubnetIds) == 2 && length(stage.vpc_config.SecurityGroupIds) == 1 && stage.aws_region == "us-east-1"
    ])
    error_message = "A stage has no way into the VPC: ${jsonencode(output.zappa)}"
  }

  assert {
    condition     = output.zappa.regular.vpc_config.SecurityGroupIds != output.zappa.dsql.vpc_config.SecurityGroupIds
    error_message = "Both functions share a security group, and so each reaches the other's database."
  }
}

################################################################################
# The other engine would destroy the database, which now exists
################################################################################

run "another_engine_is_refused_unasked" {
  command = plan

  variables {
    aurora_dsql_engine              = "aurora-postgresql"
    aurora_dsql_instance_class      = "db.t4g.medium"
    aurora_dsql_publicly_accessible = false
  }

  expect_failures = [output.zappa]
}

run "a_second_region_is_refused_though_asked_for" {
  command = plan

  variables {
    aurora_dsql_peer_region    = "us-east-2"
    aurora_dsql_witness_region = "us-west-2"
    aurora_dsql_replace_engine = true
  }

  expect_failures = [
    output.zappa,
    check.dsql_mode_ignores_instance_settings,
    check.dsql_mode_ignores_the_administrator,
    check.dsql_mode_ignores_public_access,
  ]
}

run "another_engine_is_taken_when_asked_for" {
  command = plan

  variables {
    aurora_dsql_engine              = "aurora-postgresql"
    aurora_dsql_instance_class      = "db.t4g.medium"
    aurora_dsql_publicly_accessible = false
    aurora_dsql_replace_engine      = true
  }
}
