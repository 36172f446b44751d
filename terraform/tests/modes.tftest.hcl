# Every other mode than the guide's own.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "aws" {
  alias           = "peer"
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  database_password = "A-passw0rd-of-ours"
}

run "public_second_database_on_aurora_postgresql" {
  command = plan

  variables {
    aurora_dsql_engine              = "aurora-postgresql"
    aurora_dsql_instance_class      = "db.t4g.medium"
    aurora_dsql_database_password   = "Another-passw0rd"
    aurora_dsql_publicly_accessible = true
    allowed_cidr_blocks             = ["203.0.113.7/32"]
  }

  assert {
    condition     = output.aurora_dsql_endpoint == output.aurora_dsql_host && endswith(output.aurora_dsql_host, ".rds.amazonaws.com")
    error_message = "The endpoint is ${output.aurora_dsql_endpoint}, the host ${output.aurora_dsql_host}"
  }

  assert {
    condition     = output.aurora_dsql_public_host == null
    error_message = "An Aurora cluster has no second name."
  }

  assert {
    condition     = output.aurora_dsql_cluster_resource_id == "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ" && output.aurora_dsql_port == 5432
    error_message = "The resource id is ${output.aurora_dsql_cluster_resource_id}"
  }

  assert {
    condition     = output.zappa.dsql.aws_environment_variables.DATABASE_URL == "rds-iam://lambda_dsql_user@${output.aurora_dsql_host}:5432/car_entities"
    error_message = "dsql gets ${jsonencode(output.zappa.dsql.aws_environment_variables)}"
  }

  assert {
    condition     = jsonencode(output.zappa.dsql.permissions) == jsonencode([{ Effect = "Allow", Action = ["rds-db:connect"], Resource = ["arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ/lambda_dsql_user"] }])
    error_message = "dsql may ${jsonencode(output.zappa.dsql.permissions)}"
  }

  assert {
    condition     = local.dsql_is_public && length(module.network.database_subnet_ids) == 2
    error_message = "A public cluster needs subnets with a route."
  }

  assert {
    condition     = { for stage, member in output.zappa : stage => member.lambda_concurrency } == { regular = 320, dsql = 320 }
    error_message = "The functions are bounded by ${jsonencode(output.zappa)}"
  }
}

run "private_second_database_with_passwords_in_secrets_manager" {
  command = plan

  variables {
    aurora_dsql_engine      = "aurora-postgresql"
    manage_master_passwords = true
  }

  expect_failures = [check.managed_passwords_replace_the_given]

  assert {
    condition     = startswith(output.aurora_master_user_secret_arn, "arn:aws:secretsmanager:") && startswith(output.aurora_dsql_master_user_secret_arn, "arn:aws:secretsmanager:")
    error_message = "The secrets' ARNs are missing."
  }

  assert {
    condition     = !local.dsql_is_public
    error_message = "The cluster is public."
  }
}

run "regular_signs_in_with_tokens" {
  command = plan

  variables {
    enable_aurora_dsql_cluster = false
    enable_python_lambda_dsql  = false
    database_iam_user          = "lambda_user"
  }

  assert {
    condition     = output.zappa.regular.aws_environment_variables.DATABASE_URL == "rds-iam://lambda_user@${output.aurora_endpoint}:5432/car_entities"
    error_message = "regular gets ${jsonencode(output.zappa.regular.aws_environment_variables)}"
  }

  assert {
    condition     = jsonencode(output.zappa.regular.permissions) == jsonencode([{ Action = ["rds-db:connect"], Effect = "Allow", Resource = ["arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ/lambda_user"] }])
    error_message = "regular may ${jsonencode(output.zappa.regular.permissions)}"
  }
}

run "both_stages_behind_a_proxy" {
  command = plan

  variables {
    enable_rds_proxy              = true
    database_iam_user             = "lambda_user"
    aurora_dsql_engine            = "aurora-postgresql"
    aurora_dsql_database_password = "Another-passw0rd"
    aurora_auto_pause             = true
    enable_alarms                 = true
  }

  expect_failures = [check.proxy_lets_the_cluster_pause]

  assert {
    condition = { for stage, member in output.zappa : stage => member.aws_environment_variables.DATABASE_URL } == {
      regular = "rds-iam://lambda_user@producer-api.proxy-c9akciq32rgw.us-east-1.rds.amazonaws.com:5432/car_entities"
      dsql    = "rds-iam://lambda_dsql_user@producer-api.proxy-c9akciq32rgw.us-east-1.rds.amazonaws.com:5432/car_entities"
    }
    error_message = "The stages get ${jsonencode(output.zappa)}"
  }

  assert {
    condition = { for stage, member in output.zappa : stage => member.permissions[0].Resource[0] } == {
      regular = "arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-0123456789abcdef0/lambda_user"
      dsql    = "arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-0123456789abcdef0/lambda_dsql_user"
    }
    error_message = "The stages may ${jsonencode(output.zappa)}"
  }

  assert {
    condition     = output.zappa.regular.lambda_concurrency == null && output.zappa.dsql.lambda_concurrency == null && toset(keys(output.rds_proxy_secret_arns)) == toset(["regular", "dsql"])
    error_message = "A function is bounded by what the proxy bounds, or a secret is missing."
  }

  assert {
    condition     = jsonencode(output.alarm_names) == jsonencode([for alarm in ["dsql-5xx", "dsql-capacity", "dsql-connections", "dsql-errors", "dsql-throttles", "regular-5xx", "regular-capacity", "regular-connections", "regular-errors", "regular-throttles"] : "producer-api-${alarm}"])
    error_message = "The alarms are ${jsonencode(output.alarm_names)}"
  }
}

run "nothing_to_stand_before_is_said" {
  command = plan

  variables {
    enable_aurora     = false
    database_password = null
    database_iam_user = "lambda_user"
    enable_rds_proxy  = true
    enable_alarms     = true
    alarm_topic_arns  = ["arn:aws:sns:us-east-1:123456789012:operations"]
  }

  expect_failures = [check.proxy_has_a_cluster, check.iam_user_has_a_cluster]

  assert {
    condition     = jsonencode(output.alarm_names) == jsonencode([for alarm in ["dsql-5xx", "dsql-conflicts", "dsql-dpu", "dsql-errors", "dsql-throttles"] : "producer-api-${alarm}"])
    error_message = "The alarms are ${jsonencode(output.alarm_names)}"
  }
}

run "regular_alone" {
  command = plan

  variables {
    enable_aurora_dsql_cluster = false
    enable_python_lambda_dsql  = false
  }

  assert {
    condition     = keys(output.zappa) == ["regular"]
    error_message = "The stages are ${jsonencode(keys(output.zappa))}"
  }

  assert {
    condition     = alltrue([for value in [output.aurora_dsql_endpoint, output.aurora_dsql_host, output.aurora_dsql_cluster_resource_id, output.aurora_dsql_port] : value == null])
    error_message = "There are outputs of a second database that does not exist."
  }

  assert {
    condition     = length(output.alarm_names) == 0
    error_message = "There are alarms that nobody asked for."
  }
}

run "dsql_alone_needs_no_password" {
  command = plan

  variables {
    enable_aurora     = false
    database_password = null
  }

  assert {
    condition     = keys(output.zappa) == ["dsql"] && output.aurora_endpoint == null
    error_message = "The stages are ${jsonencode(keys(output.zappa))}"
  }

  assert {
    condition     = startswith(local.endpoint_zone_advice, "Set availability_zones to [\"us-east-1a\",\"us-east-1b\",\"us-east-1c\"] with zones of the former appended")
    error_message = "A list that follows this advice replaces subnets: ${local.endpoint_zone_advice}"
  }
}

run "database_without_its_function_for_a_vpn_is_silent" {
  command = plan

  variables {
    enable_python_lambda_dsql       = false
    allowed_cidr_blocks             = ["10.8.0.0/24", "172.31.0.0/16", "192.168.1.0/24", "100.64.0.0/10"]
    aurora_dsql_cluster_resource_id = "vftmkydwxvxys6asbsc6ih2the" # this cluster's own
  }

  assert {
    condition     = keys(output.zappa) == ["regular"] && output.aurora_dsql_host != null
    error_message = "The stages are ${jsonencode(keys(output.zappa))}"
  }

  assert {
    condition     = output.aurora_dsql_cluster_resource_id == "vftmkydwxvxys6asbsc6ih2the"
    error_message = "aurora_dsql_cluster_resource_id is ${output.aurora_dsql_cluster_resource_id}"
  }
}

################################################################################
# What a mode ignores is said
################################################################################

run "settings_without_effect_are_said" {
  command = plan

  variables {
    aurora_auto_pause               = true
    aurora_instance_class           = "db.t4g.medium"
    aurora_max_capacity             = 8
    alarm_topic_arns                = ["arn:aws:sns:us-east-1:123456789012:operations"]
    lambda_concurrency              = { regular = 50, dsql = -1 }
    api_throttling                  = { rate = 20, burst = 40 }
    allowed_cidr_blocks             = ["10.8.0.0/24", "203.0.113.7/32"]
    aurora_dsql_cluster_resource_id = "abcdefghijklmnopqrstuvwxyz" # another cluster's
  }

  expect_failures = [
    check.auto_pause_has_something_to_pause,
    check.topics_have_alarms,
    check.capacity_has_something_to_limit,
    check.allowed_addresses_have_a_way_in,
    check.resource_id_override_names_this_cluster,
  ]

  assert {
    condition     = output.zappa.dsql.permissions[0].Resource == ["arn:aws:dsql:us-east-1:123456789012:cluster/abcdefghijklmnopqrstuvwxyz"]
    error_message = "dsql may ${jsonencode(output.zappa.dsql.permissions)}"
  }

  assert {
    condition     = jsonencode({ for stage, member in output.zappa : stage => [member.lambda_concurrency, member.throttling] }) == jsonencode({ regular = [50, { burst = 40, rate = 20 }], dsql = [null, { burst = 40, rate = 20 }] })
    error_message = "The functions are bounded by ${jsonencode(output.zappa)}"
  }


}

run "settings_of_what_is_not_made_are_said" {
  command = plan

  variables {
    enable_aurora              = false
    enable_aurora_dsql_cluster = false
    aurora_instance_class      = "db.t4g.medium"
  }

  expect_failures = [check.dsql_stage_has_a_database, check.regular_settings_have_a_cluster]

  assert {
    condition     = length(output.zappa) == 0
    error_message = "The stages are ${jsonencode(keys(output.zappa))}"
  }
}
