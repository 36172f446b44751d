# Invariants of the DSQL module.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  name                      = "cars"
  aws_region                = "us-east-1"
  vpc_id                    = "vpc-1"
  subnets                   = [{ zone = "us-east-1a", id = "subnet-a" }, { zone = "us-east-1b", id = "subnet-b" }, { zone = "us-east-1c", id = "subnet-c" }, { zone = "us-east-1d", id = "subnet-d" }]
  zone_count                = 1
  zone_advice               = "Append zones."
  client_security_group_ids = { dsql = "sg-1" }
  deletion_protection       = false
}

run "endpoint_answers_the_function_alone_to_the_clusters_name" {
  module {
    source = "./modules/dsql"
  }

  assert {
    condition     = aws_vpc_endpoint.this.private_dns_enabled && aws_vpc_endpoint.this.vpc_endpoint_type == "Interface" && aws_vpc_endpoint.this.service_name == "com.amazonaws.us-east-1.dsql-fnh4"
    error_message = "The cluster's host name does not lead to the endpoint."
  }

  assert {
    condition     = output.host == "vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws" && output.port == 5432
    error_message = "The host is ${output.host}"
  }

  assert {
    condition     = output.public_host == "vftmkydwxvxys6asbsc6ih2the.dsql.us-east-1.on.aws"
    error_message = "The public host is ${output.public_host}"
  }

  assert {
    condition     = output.endpoint == "vpce-07acca8bd8980c621-nruuwp08.dsql-fnh4.us-east-1.vpce.amazonaws.com"
    error_message = "The endpoint is ${output.endpoint}, not the name that covers all zones."
  }

  assert {
    condition     = aws_vpc_endpoint.this.security_group_ids == toset([aws_security_group.endpoint.id]) && length(aws_vpc_security_group_ingress_rule.allowed) == 0
    error_message = "Somebody besides the function may connect."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.function : [rule.referenced_security_group_id, rule.from_port, rule.to_port, rule.ip_protocol]] == [["sg-1", 5432, 5432, "tcp"]]
    error_message = "The function's rule is wider than PostgreSQL's port."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_egress_rule.function : rule.referenced_security_group_id] == [aws_security_group.endpoint.id]
    error_message = "The function may reach something else than this database."
  }
}

################################################################################
# The endpoint's zones, of those that its service has
################################################################################

run "endpoint_is_in_the_first_zone_that_its_service_has" {
  module {
    source = "./modules/dsql"
  }

  assert {
    condition     = aws_vpc_endpoint.this.subnet_ids == toset(["subnet-b"])
    error_message = "AWS refuses an endpoint in us-east-1a, where its service is not: ${jsonencode(aws_vpc_endpoint.this.subnet_ids)}"
  }
}

run "endpoint_in_two_zones" {
  module {
    source = "./modules/dsql"
  }

  variables {
    zone_count = 2
  }

  assert {
    condition     = aws_vpc_endpoint.this.subnet_ids == toset(["subnet-b", "subnet-c"])
    error_message = "The endpoint is in ${jsonencode(aws_vpc_endpoint.this.subnet_ids)}"
  }
}

run "endpoint_stays_in_the_zones_that_are_set" {
  module {
    source = "./modules/dsql"
  }

  variables {
    service_zones = ["us-east-1d"]
  }

  assert {
    condition     = aws_vpc_endpoint.this.subnet_ids == toset(["subnet-d"]) && output.endpoint_zones == ["us-east-1d"]
    error_message = "The endpoint is in ${jsonencode(output.endpoint_zones)}"
  }

  assert {
    condition     = length(data.aws_vpc_endpoint_service.this) == 0
    error_message = "AWS is asked for the zones of the service although they are set."
  }
}

run "too_few_zones_that_its_service_has_are_refused" {
  command = plan # the cluster exists since the runs before, and so the zones are known

  module {
    source = "./modules/dsql"
  }

  variables {
    subnets    = [{ zone = "us-east-1a", id = "subnet-a" }, { zone = "us-east-1b", id = "subnet-b" }]
    zone_count = 2
  }

  expect_failures = [aws_vpc_endpoint.this]
}

run "protected_when_asked_for_and_open_to_a_vpn" {
  command = plan

  module {
    source = "./modules/dsql"
  }

  variables {
    deletion_protection = true
    allowed_cidr_blocks = ["10.8.0.0/24"]
    administrator_arns  = ["arn:aws:iam::123456789012:role/admin"]
  }

  assert {
    condition     = jsondecode(output.vpc_policy).Statement[0].Condition == { StringNotEquals = { "aws:SourceVpc" = "vpc-1" }, ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/admin"] } }
    error_message = "The policy is ${output.vpc_policy}"
  }

  assert {
    condition     = aws_dsql_cluster.this.deletion_protection_enabled
    error_message = "The cluster can be deleted."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.allowed : rule.cidr_ipv4] == ["10.8.0.0/24"]
    error_message = "The VPN may not connect."
  }
}
