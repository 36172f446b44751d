resource "aws_db_subnet_group" "this" {
  name        = var.identifier
  description = "Subnets of ${var.identifier}"
  subnet_ids  = var.subnet_ids
}

resource "aws_security_group" "database" {
  name        = var.identifier
  description = "Who may connect to ${var.identifier}. No way out."
  vpc_id      = var.vpc_id

  tags = { Name = var.identifier }

  lifecycle {
    # What uses a group keeps AWS from deleting it, and a new name is a new group: so the first name stays.
    ignore_changes = [name, description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = each.value
  description                  = "PostgreSQL from the ${each.key} function"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.database.id
  description                  = "PostgreSQL to ${var.identifier}"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "allowed" {
  for_each = var.allowed_cidr_blocks

  security_group_id = aws_security_group.database.id
  cidr_ipv4         = each.value
  description       = "PostgreSQL from allowed_cidr_blocks"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}
