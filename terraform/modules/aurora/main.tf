# One Aurora PostgreSQL cluster: an instance that writes, and readers that take over where it fails.

locals {
  version       = split(".", var.engine_version)
  major_version = local.version[0]
  is_serverless = var.instance_class == "db.serverless"

  # The first minor version that can pause; a major version alone takes AWS's newest, and from 17 on all can.
  # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
  first_pausing_minor = { "13" = 15, "14" = 12, "15" = 7, "16" = 3 }
  can_pause           = try(tonumber(local.version[1]) >= lookup(local.first_pausing_minor, local.major_version, 0), true)
}

module "major_version" {
  source = "../remembered"

  value      = local.major_version
  may_change = var.allow_major_upgrade
}

resource "aws_rds_cluster" "this" {
  #checkov:skip=CKV_AWS_327:A module variable: without kms_key_arn the key is AWS's; a customer managed one is billed monthly.
  #checkov:skip=CKV_AWS_162:A module variable: the cluster with password authentication does not accept tokens on purpose.
  #checkov:skip=CKV_AWS_139:A module variable: on in production, where a variable validation insists on it.
  #checkov:skip=CKV2_AWS_8:Automated backups with the retention of the environment take the place of a backup plan.
  #checkov:skip=CKV2_AWS_27:Logging every query would write the cars' data into the logs.
  cluster_identifier = var.identifier
  engine             = "aurora-postgresql"
  engine_version     = var.engine_version
  database_name      = var.database_name
  port               = 5432

  allow_major_version_upgrade = var.allow_major_upgrade
  # Extended support, which AWS turns on by default, is billed by the vCPU-hour from a version's end on.
  engine_lifecycle_support = "open-source-rds-extended-support-disabled"

  master_username = var.master_username
  # Write-only: sent to AWS when the version changes, and never part of a plan or of the state.
  master_password_wo          = var.manage_master_password ? null : var.master_password
  master_password_wo_version  = var.manage_master_password ? null : var.master_password_version
  manage_master_user_password = var.manage_master_password ? true : null

  iam_database_authentication_enabled = var.iam_authentication
  storage_encrypted                   = true
  kms_key_id                          = var.kms_key_arn
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.this.name
  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [aws_security_group.database.id]

  backup_retention_period         = var.backup_retention_days
  copy_tags_to_snapshot           = true
  delete_automated_backups        = !var.keep_automated_backups
  deletion_protection             = var.deletion_protection
  skip_final_snapshot             = var.skip_final_snapshot
  final_snapshot_identifier       = var.skip_final_snapshot ? null : "${var.identifier}-final"
  enabled_cloudwatch_logs_exports = ["postgresql"]
  # An upgrade that waited for its window would still need the parameter group of the old version, which
  # this apply deletes.
  apply_immediately = var.apply_immediately || var.allow_major_upgrade

  dynamic "serverlessv2_scaling_configuration" {
    for_each = local.is_serverless ? [1] : []

    content {
      min_capacity             = var.auto_pause ? 0 : 0.5
      max_capacity             = var.max_capacity
      seconds_until_auto_pause = var.auto_pause ? 300 : null
    }
  }

  lifecycle {
    # Not a validation of the variable: Terraform would print the line that sets it, password and all.
    precondition {
      condition     = var.manage_master_password || can(regex("^[!#-.0-?A-~]{8,41}$", var.master_password)) && var.master_password != "YOUR_PASSWORD"
      error_message = "The password of ${var.identifier} must be one of your own, 8 to 41 printable ASCII characters without spaces, '/', '\"' and '@'."
    }

    precondition {
      condition     = !(local.is_serverless && var.auto_pause) || local.can_pause
      error_message = "${var.identifier} cannot pause on PostgreSQL ${var.engine_version}: use version 13.15, 14.12, 15.7, 16.3 or newer, or set aurora_auto_pause = false."
    }

    precondition {
      condition     = !module.major_version.changes_unasked
      error_message = "PostgreSQL ${local.major_version} in place of ${module.major_version.before} is a major upgrade of ${var.identifier}: it begins at once, the database is away for some minutes, and there is no way back but a snapshot. Set aurora_allow_major_upgrade = true for this apply, or leave the version as it was."
    }

    precondition {
      condition     = !var.publicly_accessible || length(var.allowed_cidr_blocks) > 0
      error_message = "${var.identifier} is publicly accessible and nobody may connect: set allowed_cidr_blocks to the addresses that may, such as [\"203.0.113.7/32\"], or set publicly_accessible to false."
    }
  }

  # Aurora would create the log group itself, and keep the logs indefinitely.
  depends_on = [aws_cloudwatch_log_group.postgresql]
}

resource "aws_rds_cluster_parameter_group" "this" {
  # A new major version needs a new group beside the old one.
  name_prefix = "${var.identifier}-${local.major_version}-"
  description = "${var.identifier}: TLS only"
  family      = "aurora-postgresql${local.major_version}"

  # Up to PostgreSQL 16 Aurora accepts connections in plain text unless told otherwise.
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "postgresql" {
  #checkov:skip=CKV_AWS_158:Encrypted by CloudWatch; a customer managed key is billed monthly.
  #checkov:skip=CKV_AWS_338:One day, as the user's guide has it.
  name              = "/aws/rds/cluster/${var.identifier}/postgresql"
  retention_in_days = var.log_retention_days
}
