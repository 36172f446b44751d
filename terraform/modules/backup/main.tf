# Daily backups of a database that makes none of its own, by AWS Backup.

resource "aws_backup_vault" "this" {
  #checkov:skip=CKV_AWS_166:A module variable: without kms_key_arn the key is AWS's; a customer managed one is billed monthly.
  name        = var.name
  kms_key_arn = var.kms_key_arn
}

resource "aws_backup_plan" "this" {
  name = var.name

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 5 * * ? *)"

    lifecycle {
      delete_after = var.retention_days
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = var.name
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this.arn
  resources    = [var.resource_arn]
}

resource "aws_iam_role" "this" {
  # Roles belong to the account, everything else here to a region.
  name               = "${var.name}-${var.aws_region}"
  description        = "AWS Backup, for the backups of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

data "aws_partition" "current" {}

# AWS's own policies, because they follow what AWS Backup needs for each service.
resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset(["Backup", "Restores"])

  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor${each.key}"
}
