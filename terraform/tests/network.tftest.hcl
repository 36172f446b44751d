# Invariants of the network module.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name       = "cars"
  cidr_block = "10.42.0.0/16"
  stages     = ["regular", "dsql"]
}

run "private_and_free_of_charge" {
  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_subnet.public) == 0 && length(aws_route.internet) == 0
    error_message = "A private network has a way to the internet."
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { us-east-1a = "10.42.0.0/20", us-east-1b = "10.42.16.0/20" }
    error_message = "The private subnets are not in the first two zones."
  }

  assert {
    condition     = aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "Private DNS names do not resolve in the VPC."
  }

  assert {
    condition     = toset(keys(output.function_security_group_ids)) == toset(["regular", "dsql"])
    error_message = "A stage has no security group."
  }
}

run "public_subnets_when_asked_for" {
  module {
    source = "./modules/network"
  }

  variables {
    create_public_subnets = true
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { us-east-1a = "10.42.128.0/20", us-east-1b = "10.42.144.0/20" }
    error_message = "The public subnets overlap the private ones."
  }

  assert {
    condition     = length(aws_route_table_association.public) == 2 && aws_route.internet[0].gateway_id == aws_internet_gateway.this[0].id
    error_message = "The public subnets have no way to the internet."
  }
}

run "named_zones_in_their_order" {
  module {
    source = "./modules/network"
  }

  variables {
    availability_zones = ["us-east-1f", "us-east-1d", "us-east-1c"]
  }

  assert {
    condition     = aws_subnet.private["us-east-1f"].cidr_block == "10.42.0.0/20" && output.private_subnet_ids[0] == aws_subnet.private["us-east-1f"].id && length(output.private_subnet_ids) == 3
    error_message = "The zones are not those that were named."
  }
}
