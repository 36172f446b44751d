# Functions reach the proxy, the proxy the database, and nobody anything else.

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The proxy has it, which checkov does not count among the resources that can.
  name        = var.name
  description = "The proxy ${var.name}: in from the functions, out to the database."
  vpc_id      = var.vpc_id

  tags = { Name = var.name }

  lifecycle {
    # What uses a group keeps AWS from deleting it, and a new name is a new group: so the first name stays.
    ignore_changes = [name, description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  description                  = "PostgreSQL from the ${each.key} function"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "function" {
  for_each = var.client_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.this.id
  description                  = "PostgreSQL to ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = var.database_security_group_id
  referenced_security_group_id = aws_security_group.this.id
  description                  = "PostgreSQL from ${var.name}"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.database_security_group_id
  description                  = "PostgreSQL to the database"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
