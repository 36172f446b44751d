# One Aurora DSQL cluster and the way to it from the VPC.

locals {
  # com.amazonaws.us-east-1.dsql-fnh4: the last label is part of the cluster's private host name.
  service_id = reverse(split(".", aws_dsql_cluster.this.vpc_endpoint_service_name))[0]

  # The service is not in every zone of a region, and AWS refuses an endpoint in another one.
  service_zones = length(var.service_zones) > 0 ? var.service_zones : toset(data.aws_vpc_endpoint_service.this[0].availability_zones)
  served        = [for subnet in var.subnets : subnet.id if contains(local.service_zones, subnet.zone)]
}

data "aws_vpc_endpoint_service" "this" {
  count = length(var.service_zones) > 0 ? 0 : 1

  service_name = aws_dsql_cluster.this.vpc_endpoint_service_name
}

resource "aws_dsql_cluster" "this" {
  deletion_protection_enabled = var.deletion_protection
  kms_encryption_key          = var.kms_key_arn

  dynamic "multi_region_properties" {
    for_each = var.witness_region[*]

    content {
      witness_region = multi_region_properties.value
    }
  }

  tags = { Name = var.name }
}

resource "aws_vpc_endpoint" "this" {
  vpc_id             = var.vpc_id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_dsql_cluster.this.vpc_endpoint_service_name
  subnet_ids         = slice(local.served, 0, min(var.zone_count, length(local.served)))
  security_group_ids = [aws_security_group.endpoint.id]

  # Without it the host name of the cluster would not resolve inside the VPC, and DSQL refuses
  # a TLS handshake that asks for any other name.
  private_dns_enabled = true

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = length(local.served) >= min(var.zone_count, 2)
      error_message = "The endpoint of ${var.name} is to be in ${min(var.zone_count, 2)} of the zones that its service has or aurora_dsql_endpoint_zones names, ${join(", ", sort(local.service_zones))}, and the subnets are in ${join(", ", var.subnets[*].zone)}. ${var.zone_advice}"
    }
  }
}

################################################################################
# Who may reach the endpoint
################################################################################

resource "aws_security_group" "endpoint" {
  name        = var.name
  description = "Who may connect to ${var.name}. No way out."
  vpc_id      = var.vpc_id

  tags = { Name = var.name }

  lifecycle {
    # What uses a group keeps AWS from deleting it, and a new name is a new group: so the first name stays.
    ignore_changes = [name, description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.endpoint.id
  referenced_security_group_id = each.value
  description                  = "PostgreSQL from the ${each.key} function"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.endpoint.id
  description                  = "PostgreSQL to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "allowed" {
  for_each = var.allowed_cidr_blocks

  security_group_id = aws_security_group.endpoint.id
  cidr_ipv4         = each.value
  description       = "PostgreSQL from allowed_cidr_blocks"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}
