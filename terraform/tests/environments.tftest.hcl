# An environment is one name, and every other name follows from it.

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

run "default_environment_has_the_guides_names" {
  command = plan

  assert {
    condition = { for stage, member in output.zappa : stage => [member.environment, member.function_name, member.role_name] } == {
      regular = ["default", "producer-api-python-rest-lambda-regular", "producer-api-python-rest-lambda-regular-execution"]
      dsql    = ["default", "producer-api-python-rest-lambda-dsql", "producer-api-python-rest-lambda-dsql-execution"]
    }
    error_message = "The names are ${jsonencode(output.zappa)}"
  }

  assert {
    condition     = local.name == "producer-api" && local.dsql_name == "producer-api-aurora-dsql-cluster"
    error_message = "The databases are named ${local.name}"
  }

  assert {
    condition     = alltrue([for member in values(output.zappa) : member.account_id == "123456789012" && member.aws_region == "us-east-1"])
    error_message = "The account or region is ${jsonencode(output.zappa)}"
  }
}

run "another_environment_shares_no_name" {
  command = plan

  variables {
    environment_name = "load-test"
  }

  assert {
    condition = { for stage, member in output.zappa : stage => [member.environment, member.function_name, member.role_name] } == {
      regular_load_test = ["load-test", "producer-api-python-rest-lambda-regular-load-test", "producer-api-python-rest-lambda-regular-load-test-execution"]
      dsql_load_test    = ["load-test", "producer-api-python-rest-lambda-dsql-load-test", "producer-api-python-rest-lambda-dsql-load-test-execution"]
    }
    error_message = "The names are ${jsonencode(output.zappa)}"
  }

  assert {
    condition     = local.name == "producer-api-load-test" && local.dsql_name == "producer-api-load-test-aurora-dsql-cluster"
    error_message = "The databases are named ${local.name}"
  }
}

run "another_region_has_roles_of_its_own" {
  command = plan

  variables {
    aws_region         = "ap-southeast-2"
    availability_zones = ["ap-southeast-2a", "ap-southeast-2b"]
  }

  assert {
    condition     = { for stage, member in output.zappa : stage => [member.function_name, member.role_name] } == { for stage in ["regular", "dsql"] : stage => ["producer-api-python-rest-lambda-${stage}", "producer-api-python-rest-lambda-${stage}-execution-apse2"] }
    error_message = "The names are ${jsonencode(output.zappa)}"
  }
}
