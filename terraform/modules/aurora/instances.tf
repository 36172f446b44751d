locals {
  # RDS picks a zone at random, so two instances could be in the same one.
  other_zones = [for zone in var.availability_zones : zone if zone != aws_rds_cluster_instance.this.availability_zone]
}

resource "aws_rds_cluster_instance" "this" {
  #checkov:skip=CKV_AWS_118:Enhanced monitoring is billed; the metrics that come for free are enough for one instance.
  #checkov:skip=CKV_AWS_353:Not offered by every class that is allowed here, and withdrawn by AWS in 2026.
  #checkov:skip=CKV_AWS_354:See CKV_AWS_353.
  #checkov:skip=CKV_AWS_226:On when engine_version names a major version; a full version stays where the user put it.
  identifier           = "${var.identifier}-1"
  cluster_identifier   = aws_rds_cluster.this.id
  engine               = aws_rds_cluster.this.engine
  engine_version       = aws_rds_cluster.this.engine_version
  instance_class       = var.instance_class
  publicly_accessible  = var.publicly_accessible
  db_subnet_group_name = aws_db_subnet_group.this.name
  apply_immediately    = var.apply_immediately

  # A minor upgrade behind Terraform's back would be a difference that no apply can undo.
  auto_minor_version_upgrade = !strcontains(var.engine_version, ".")
}

resource "aws_rds_cluster_instance" "reader" {
  #checkov:skip=CKV_AWS_118:Enhanced monitoring is billed; the metrics that come for free are enough for one instance.
  #checkov:skip=CKV_AWS_353:Not offered by every class that is allowed here, and withdrawn by AWS in 2026.
  #checkov:skip=CKV_AWS_354:See CKV_AWS_353.
  #checkov:skip=CKV_AWS_226:On when engine_version names a major version; a full version stays where the user put it.
  count = var.instances - 1

  identifier           = "${var.identifier}-${count.index + 2}"
  cluster_identifier   = aws_rds_cluster.this.id
  engine               = aws_rds_cluster.this.engine
  engine_version       = aws_rds_cluster.this.engine_version
  instance_class       = var.instance_class
  availability_zone    = local.other_zones[count.index % length(local.other_zones)]
  publicly_accessible  = var.publicly_accessible
  db_subnet_group_name = aws_db_subnet_group.this.name
  apply_immediately    = var.apply_immediately

  # A minor upgrade behind Terraform's back would be a difference that no apply can undo.
  auto_minor_version_upgrade = !strcontains(var.engine_version, ".")
}
