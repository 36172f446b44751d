# A DSQL cluster that is active in two regions, and what its second region adds.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias = "peer"

  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-2a", "us-east-2b", "us-east-2c"]
    }
  }

  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      availability_zones = ["us-east-2a", "us-east-2c"]
    }
  }

  mock_resource "aws_dsql_cluster" {
    defaults = {
      identifier                = "cqabt7h2wxzabcdefghijklmno"
      arn                       = "arn:aws:dsql:us-east-2:123456789012:cluster/cqabt7h2wxzabcdefghijklmno"
      vpc_endpoint_service_name = "com.amazonaws.us-east-2.dsql-abcd"
    }
  }

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    }
  }

  mock_resource "aws_vpc_endpoint" {
    defaults = {
      dns_entry = [
        { dns_name = "vpce-0b1c2d3e4f5061728-hjklmnop.dsql-abcd.us-east-2.vpce.amazonaws.com", hosted_zone_id = "Z1" },
      ]
    }
  }
}

variables {
  database_password             = "A-passw0rd-of-ours"
  aurora_dsql_database_password = "A-passw0rd-of-ours" # an apply wants it set, although DSQL has none
  aurora_dsql_peer_region       = "us-east-2"
  aurora_dsql_witness_region    = "us-west-2"
}

run "a_zone_is_refused" {
  command = plan

  variables {
    aurora_dsql_peer_region = "us-east-2a"
  }

  expect_failures = [var.aurora_dsql_peer_region, check.dsql_mode_ignores_the_administrator]
}

run "a_witness_and_a_domain_of_no_second_region_are_refused" {
  command = plan

  variables {
    aurora_dsql_peer_region = null
    dsql_domain             = { name = "cars.example.com", hosted_zone_id = "Z0123456789ABCDEFGHIJ", api_ids = ["a1b2c3d4e5", "b2c3d4e5f6"] }
  }

  expect_failures = [var.aurora_dsql_witness_region, var.dsql_domain, check.dsql_mode_ignores_the_administrator]
}

run "a_role_with_too_long_a_name_is_refused" {
  command = plan

  variables {
    environment_name = "production" # long enough for dsql_peer's role alone
  }

  expect_failures = [var.aurora_dsql_peer_region, check.dsql_mode_ignores_the_administrator]
}

run "each_region_has_its_endpoint_function_and_permission" {
  expect_failures = [check.dsql_mode_ignores_the_administrator]

  assert {
    condition = { for stage, member in output.zappa : stage => [member.aws_region, member.function_name, member.role_name] if stage != "regular" } == {
      dsql      = ["us-east-1", "producer-api-python-rest-lambda-dsql", "producer-api-python-rest-lambda-dsql-execution"]
      dsql_peer = ["us-east-2", "producer-api-python-rest-lambda-dsql-peer", "producer-api-python-rest-lambda-dsql-peer-execution-use2"]
    }
    error_message = "The stages are ${jsonencode(output.zappa)}"
  }

  assert {
    condition = { for stage, member in output.zappa : stage => member.aws_environment_variables.DATABASE_URL if stage != "regular" } == {
      dsql      = "dsql://lambda_dsql_user@vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws:5432/postgres?schema=car_entities"
      dsql_peer = "dsql://lambda_dsql_user@cqabt7h2wxzabcdefghijklmno.dsql-abcd.us-east-2.on.aws:5432/postgres?schema=car_entities"
    }
    error_message = "The databases are ${jsonencode(output.zappa)}"
  }

  assert {
    condition = { for stage, member in output.zappa : stage => member.permissions[0].Resource if stage != "regular" } == {
      dsql      = ["arn:aws:dsql:us-east-1:123456789012:cluster/vftmkydwxvxys6asbsc6ih2the"]
      dsql_peer = ["arn:aws:dsql:us-east-2:123456789012:cluster/cqabt7h2wxzabcdefghijklmno"]
    }
    error_message = "The permissions are ${jsonencode(output.zappa)}"
  }

  assert {
    condition     = length(output.zappa.dsql_peer.vpc_config.SubnetIds) == 2 && output.zappa.dsql_peer.vpc_config != output.zappa.dsql.vpc_config
    error_message = "The second region's function has no network of its own: ${jsonencode(output.zappa)}"
  }

  assert {
    condition = [
      output.aurora_dsql_peer_host, output.aurora_dsql_peer_public_host, output.aurora_dsql_peer_endpoint, output.aurora_dsql_peer_cluster_resource_id,
      ] == [
      "cqabt7h2wxzabcdefghijklmno.dsql-abcd.us-east-2.on.aws", "cqabt7h2wxzabcdefghijklmno.dsql.us-east-2.on.aws",
      "vpce-0b1c2d3e4f5061728-hjklmnop.dsql-abcd.us-east-2.vpce.amazonaws.com", "cqabt7h2wxzabcdefghijklmno",
    ]
    error_message = "The second region's outputs are not its own."
  }

  assert {
    condition     = local.peer_zone_advice == "Choose another aurora_dsql_peer_region."
    error_message = "No variable names the second region's zones, and the advice is: ${local.peer_zone_advice}"
  }
}

run "one_name_leads_to_both_regions" {
  variables {
    dsql_domain = { name = "cars.example.com", hosted_zone_id = "Z0123456789ABCDEFGHIJ", api_ids = ["a1b2c3d4e5", "b2c3d4e5f6"] }
  }

  expect_failures = [check.dsql_mode_ignores_the_administrator]

  assert {
    condition     = output.dsql_url == "https://cars.example.com" && aws_route53_record.validation[0].name == "_3639ac51.cars.example.com."
    error_message = "The name is ${output.dsql_url}, proved by ${jsonencode(aws_route53_record.validation)}."
  }

  assert {
    condition     = aws_route53_record.validation[0].allow_overwrite
    error_message = "A name that has had a certificate in this account cannot be had."
  }

  assert {
    condition     = output.aurora_dsql_endpoint_zones == ["us-east-1b", "us-east-2a"]
    error_message = "The endpoints are in ${jsonencode(output.aurora_dsql_endpoint_zones)}"
  }
}

run "set_zones_are_each_regions_own" {
  command = plan

  variables {
    aurora_dsql_endpoint_zones = ["us-east-1c", "us-east-2c"]
  }

  expect_failures = [check.dsql_mode_ignores_the_administrator]

  assert {
    condition     = output.aurora_dsql_endpoint_zones == ["us-east-1c", "us-east-2c"]
    error_message = "The endpoints are in ${jsonencode(output.aurora_dsql_endpoint_zones)}"
  }

  assert {
    condition     = toset([local.endpoint_zone_advice, local.peer_zone_advice]) == toset(["Change aurora_dsql_endpoint_zones."])
    error_message = "The advice is: ${local.endpoint_zone_advice} ${local.peer_zone_advice}"
  }
}

################################################################################
# Other regions would destroy the database, which now exists
################################################################################

run "another_witness_is_refused_unasked" {
  command = plan

  variables {
    aurora_dsql_witness_region = "us-west-1"
  }

  expect_failures = [output.zappa, check.dsql_mode_ignores_the_administrator]
}

run "one_region_is_refused_unasked" {
  command = plan

  variables {
    aurora_dsql_peer_region    = null
    aurora_dsql_witness_region = null
  }

  expect_failures = [output.zappa, check.dsql_mode_ignores_the_administrator]
}

# A flag does not help: neither the clusters nor their link can change.
run "another_witness_is_refused_though_asked_for" {
  command = plan

  variables {
    aurora_dsql_witness_region = "us-west-1"
    aurora_dsql_replace_engine = true
  }

  expect_failures = [output.zappa, check.dsql_mode_ignores_the_administrator]
}

# Nor here: provider aws.peer would be in the wrong region.
run "one_region_is_refused_though_asked_for" {
  command = plan

  variables {
    aurora_dsql_peer_region    = null
    aurora_dsql_witness_region = null
    aurora_dsql_replace_engine = true
  }

  expect_failures = [output.zappa, check.dsql_mode_ignores_the_administrator]
}

run "no_second_database_is_refused_though_asked_for" {
  command = plan

  variables {
    enable_aurora_dsql_cluster = false
    aurora_dsql_peer_region    = null
    aurora_dsql_witness_region = null
    aurora_dsql_replace_engine = true
  }

  expect_failures = [output.zappa, check.dsql_mode_ignores_the_administrator, check.dsql_stage_has_a_database]
}

run "the_module_links_its_cluster_to_the_other" {
  command = plan

  module {
    source = "./modules/dsql"
  }

  variables {
    name                = "cars"
    aws_region          = "us-east-1"
    vpc_id              = "vpc-1"
    subnets             = [{ zone = "us-east-1b", id = "subnet-b" }]
    zone_count          = 1
    zone_advice         = "Choose another region."
    deletion_protection = false
    witness_region      = "us-west-2"
    peer_arn            = "arn:aws:dsql:us-east-2:123456789012:cluster/cqabt7h2wxzabcdefghijklmno"
  }

  assert {
    condition     = aws_dsql_cluster.this.multi_region_properties[0].witness_region == "us-west-2" && aws_dsql_cluster_peering.this[0].witness_region == "us-west-2" && aws_dsql_cluster_peering.this[0].clusters == toset(["arn:aws:dsql:us-east-2:123456789012:cluster/cqabt7h2wxzabcdefghijklmno"])
    error_message = "The cluster is not linked."
  }
}

run "the_front_of_a_region_is_checked_there_and_chosen_by_latency" {
  command = plan

  module {
    source = "./modules/front"
  }

  variables {
    domain_name            = "cars.example.com"
    hosted_zone_id         = "Z0123456789ABCDEFGHIJ"
    validation_record_fqdn = "_3639ac51.cars.example.com"
    aws_region             = "us-east-2"
    api_id                 = "b2c3d4e5f6"
    api_stage              = "dsql_peer"
  }

  assert {
    condition     = "https://${aws_route53_health_check.this.fqdn}${aws_route53_health_check.this.resource_path}" == "https://b2c3d4e5f6.execute-api.us-east-2.amazonaws.com/dsql_peer/health"
    error_message = "The health check asks ${aws_route53_health_check.this.fqdn}${aws_route53_health_check.this.resource_path}."
  }

  assert {
    condition     = aws_route53_record.this.latency_routing_policy[0].region == "us-east-2" && aws_route53_record.this.set_identifier == "us-east-2"
    error_message = "The record is not the region's."
  }

  assert {
    condition     = aws_apigatewayv2_api_mapping.this.api_id == "b2c3d4e5f6" && aws_apigatewayv2_api_mapping.this.stage == "dsql_peer"
    error_message = "The name does not lead to the stage."
  }
}
