# What the environment decides. A root test sees no resources inside modules, only the locals that they are given.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  database_password = "A-passw0rd-of-ours"
}

run "development_is_cheap" {
  command = plan

  assert {
    condition     = local.backup_retention_days == 3 && !local.deletion_protection && local.skip_final_snapshot && local.auto_pause && local.endpoint_zone_count == 1 && local.aurora_instances == 1 && !local.dsql_backups
    error_message = "The defaults are not the cheap ones."
  }
}

run "production_is_safe" {
  command = plan

  variables {
    environment = "production"
  }

  assert {
    condition     = local.backup_retention_days == 7 && local.deletion_protection && !local.skip_final_snapshot && !local.auto_pause && local.endpoint_zone_count == 2 && local.aurora_instances == 2
    error_message = "Production is not protected."
  }

  assert {
    condition     = length(module.dsql_backup) == 1 && !local.allow_major_upgrade
    error_message = "DSQL has no backups, or a new major version is applied unasked."
  }
}

run "production_without_backups_is_said" {
  command = plan

  variables {
    environment         = "production"
    aurora_dsql_backups = false
  }

  expect_failures = [check.production_has_backups]
}
