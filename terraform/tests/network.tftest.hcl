# Invariants of the network module.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  name       = "cars"
  cidr_block = "10.42.0.0/16"
  stages     = ["regular", "dsql"]
}

run "private_and_free_of_charge" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_subnet.database) == 0 && length(aws_route.internet) == 0
    error_message = "A private network has a way to the internet."
  }

  assert {
    condition     = contains(data.aws_availability_zones.available.exclude_zone_ids, "use1-az3")
    error_message = "A zone that new services do not come to may be one of the first two."
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

run "database_subnets_without_a_way_out" {
  module {
    source = "./modules/network"
  }

  variables {
    create_database_subnets = true
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.database : zone => subnet.cidr_block } == { us-east-1a = "10.42.128.0/20", us-east-1b = "10.42.144.0/20" }
    error_message = "The subnets of the databases overlap the private ones."
  }

  assert {
    condition     = length(aws_route_table_association.database) == 2 && length(aws_route.internet) == 0
    error_message = "The databases have a way to the internet that nobody asked for."
  }
}

run "database_subnets_stay_when_they_become_public" {
  module {
    source = "./modules/network"
  }

  variables {
    create_database_subnets     = true
    route_databases_to_internet = true
  }

  assert {
    condition     = output.database_subnet_ids == run.database_subnets_without_a_way_out.database_subnet_ids
    error_message = "Public access takes other subnets, and so another cluster."
  }

  assert {
    condition     = aws_route.internet[0].gateway_id == aws_internet_gateway.this[0].id && aws_route.internet[0].route_table_id == aws_route_table.database[0].id
    error_message = "The databases have no way to the internet."
  }
}

run "gateway_stays_when_they_become_private_again" {
  module {
    source = "./modules/network"
  }

  variables {
    create_database_subnets = true
  }

  assert {
    condition     = length(aws_route.internet) == 0 && aws_internet_gateway.this[0].id == run.database_subnets_stay_when_they_become_public.internet_gateway_id
    error_message = "The gateway goes before the instance is private, which AWS refuses."
  }
}

run "a_subnet_in_every_zone_for_an_endpoint" {
  module {
    source = "./modules/network"
  }

  variables {
    create_spare_subnets = true
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { us-east-1a = "10.42.0.0/20", us-east-1b = "10.42.16.0/20", us-east-1c = "10.42.32.0/20" }
    error_message = "A subnet that was there without the others is another one now."
  }

  assert {
    condition     = output.private_subnet_ids == [for zone in ["us-east-1a", "us-east-1b"] : aws_subnet.private[zone].id] && join(" ", output.availability_zones) == "us-east-1a us-east-1b"
    error_message = "Functions and databases move to other subnets."
  }

  assert {
    condition     = output.endpoint_subnets == [for zone in ["us-east-1a", "us-east-1b", "us-east-1c"] : { zone = zone, id = aws_subnet.private[zone].id }]
    error_message = "The endpoint cannot pick a zone, those of the functions first."
  }
}

run "every_subnet_stays_when_a_list_begins_with_the_zones_there_are" {
  module {
    source = "./modules/network"
  }

  variables {
    availability_zones   = concat(run.a_subnet_in_every_zone_for_an_endpoint.private_zones, ["us-east-1f"])
    create_spare_subnets = true
  }

  assert {
    condition     = slice(output.endpoint_subnets, 0, 3) == run.a_subnet_in_every_zone_for_an_endpoint.endpoint_subnets
    error_message = "Naming the zones replaces subnets, perhaps that of the endpoint."
  }
}

run "named_zones_alone_even_for_an_endpoint" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    availability_zones   = ["us-east-1b", "us-east-1c"]
    create_spare_subnets = true
  }

  assert {
    condition     = toset(keys(aws_subnet.private)) == toset(["us-east-1b", "us-east-1c"])
    error_message = "There are subnets in zones that were not named."
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
