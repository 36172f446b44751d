# The VPC that the functions and the databases share. There is no NAT gateway and nothing else that is
# billed by the hour: IAM tokens are signed inside the function, its credentials arrive in its
# environment, and Lambda ships the logs itself, so a function calls nothing but its database.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:Names are sorted and new zones come last, so each keeps its position; availability_zones pins them.
  state = "available"

  # Old zones of us-east-1, us-west-1 and ca-central-1, where some services and instance classes are missing.
  exclude_zone_ids = ["use1-az3", "usw1-az2", "cac1-az3"]

  # Local and wavelength zones offer neither Aurora nor Lambda.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # Two zones are the least that an Aurora subnet group accepts.
  zones = coalescelist(var.availability_zones, slice(data.aws_availability_zones.available.names, 0, 2))

  # Which zones an endpoint's service has can be asked only after its database is made, and Terraform wants
  # to know the subnets before. A subnet is free: so there is one in every zone, and the endpoint picks.
  spare_zones = var.create_spare_subnets && length(var.availability_zones) == 0 ? slice(
    data.aws_availability_zones.available.names, 2, min(8, length(data.aws_availability_zones.available.names)),
  ) : []
  private_zones = concat(local.zones, local.spare_zones)

  # Subnets by position: 0 to 7 are private, 8 to 15 the databases', so neither kind moves when the other comes or goes.
  private_subnets = { for index, zone in local.private_zones : zone => cidrsubnet(var.cidr_block, 4, index) }
  database_subnets = var.create_database_subnets ? {
    for index, zone in local.zones : zone => cidrsubnet(var.cidr_block, 4, index + 8)
  } : {}
  reach_internet = var.create_database_subnets && var.route_databases_to_internet
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs are billed by the gigabyte, and every port but the database's is closed.
  cidr_block = var.cidr_block

  # Both are needed for the private name of the DSQL endpoint.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Without rules of its own: whatever is started without a security group reaches nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}

################################################################################
# Private subnets: functions, private databases, endpoints
################################################################################

resource "aws_subnet" "private" {
  for_each = local.private_subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

################################################################################
# Security groups of the functions: one for each stage, so that neither reaches the other's database
################################################################################

resource "aws_security_group" "function" {
  #checkov:skip=CKV2_AWS_5:Zappa attaches it to the function, outside this configuration.
  for_each = var.stages

  name        = "${var.name}-function-${each.key}"
  description = "The ${each.key} function. Its only way out is the rule that its database adds."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-function-${each.key}" }

  lifecycle {
    # What uses a group keeps AWS from deleting it, and a new name is a new group: so the first name stays.
    ignore_changes = [name, description]
  }
}
