# Invariants of the backup module.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

run "every_day_and_for_as_long_as_asked_for" {
  command = plan

  module {
    source = "./modules/backup"
  }

  variables {
    name           = "cars-dsql"
    aws_region     = "us-west-2"
    resource_arn   = "arn:aws:dsql:us-west-2:123456789012:cluster/vftmkydwxvxys6asbsc6ih2the"
    retention_days = 7
  }

  assert {
    condition     = [for rule in aws_backup_plan.this.rule : [rule.schedule, rule.target_vault_name, rule.lifecycle[0].delete_after]] == [["cron(0 5 * * ? *)", "cars-dsql", 7]]
    error_message = "The plan is ${jsonencode(aws_backup_plan.this.rule)}"
  }

  assert {
    condition     = aws_backup_selection.this.resources == toset(["arn:aws:dsql:us-west-2:123456789012:cluster/vftmkydwxvxys6asbsc6ih2the"])
    error_message = "The plan does not take the cluster."
  }

  assert {
    condition     = aws_iam_role.this.name == "cars-dsql-us-west-2" && toset([for policy in aws_iam_role_policy_attachment.this : policy.policy_arn]) == toset(["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"])
    error_message = "AWS Backup may not back the cluster up, or not bring it back."
  }
}
