# What the chosen mode ignores. A check warns and lets the apply go on: the guide's own tfvars set some of these.

check "dsql_mode_ignores_instance_settings" {
  assert {
    condition = var.aurora_dsql_engine != "dsql" || alltrue([
      var.aurora_dsql_instance_class == null,
      var.aurora_dsql_engine_version == null,
    ])
    error_message = "aurora_dsql_instance_class and aurora_dsql_engine_version have no effect: DSQL has no instances and no versions. Remove them, or set aurora_dsql_engine = \"aurora-postgresql\"."
  }
}

check "dsql_mode_ignores_the_administrator" {
  assert {
    condition = var.aurora_dsql_engine != "dsql" || alltrue([
      var.aurora_dsql_database_user == null,
      var.aurora_dsql_database_password == null,
    ])
    error_message = "aurora_dsql_database_user and aurora_dsql_database_password have no effect: the administrator of DSQL is always admin, who connects with an IAM token. Remove them, or set aurora_dsql_engine = \"aurora-postgresql\"."
  }
}

check "dsql_mode_ignores_public_access" {
  assert {
    condition     = var.aurora_dsql_engine != "dsql" || !var.aurora_dsql_publicly_accessible
    error_message = "aurora_dsql_publicly_accessible has no effect: every DSQL cluster has a public name, which IAM guards, and the function uses the VPC endpoint."
  }
}

check "dsql_stage_has_a_database" {
  assert {
    condition     = var.enable_aurora_dsql_cluster || !var.enable_python_lambda_dsql
    error_message = "enable_python_lambda_dsql has no effect without enable_aurora_dsql_cluster = true: output zappa has no stage dsql."
  }
}

check "resource_id_override_names_this_cluster" {
  assert {
    # Not `||`, which would make every first plan warn that the id is not known yet.
    condition = var.aurora_dsql_cluster_resource_id == null ? true : contains(
      concat(module.dsql[*].identifier, module.aurora_iam[*].cluster_resource_id), var.aurora_dsql_cluster_resource_id,
    )
    error_message = "aurora_dsql_cluster_resource_id is ${coalesce(var.aurora_dsql_cluster_resource_id, "null")}, not the cluster that this configuration makes: the function may connect to the former only. Delete the line unless that is what you want."
  }
}

check "regular_settings_have_a_cluster" {
  assert {
    condition = var.enable_aurora || alltrue([
      var.database_password == null,
      var.database_name == "car_entities",
      var.database_user == "postgres",
      var.aurora_engine_version == "15.14",
      var.aurora_instance_class == "db.serverless",
    ])
    error_message = "database_name, database_user, database_password, aurora_engine_version and aurora_instance_class have no effect with enable_aurora = false. Remove them, or set enable_aurora = true."
  }
}

check "allowed_addresses_have_a_way_in" {
  assert {
    # Private and carrier-grade ranges can come through a VPN or a peered network.
    condition = local.dsql_is_public || alltrue([
      for block in var.allowed_cidr_blocks :
      can(regex("^(10|192\\.168|172\\.(1[6-9]|2[0-9]|3[01])|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))\\.", block))
    ])
    error_message = "allowed_cidr_blocks is ${jsonencode(var.allowed_cidr_blocks)}, and no database here is open to addresses on the internet: they have no effect. The public name of a DSQL cluster is guarded by IAM, not by addresses."
  }
}

check "production_has_backups" {
  assert {
    condition     = !local.production || !local.dsql_enabled || local.dsql_backups
    error_message = "Aurora DSQL makes no backups of its own, and aurora_dsql_backups is false: nothing brings the data back."
  }
}

check "dsql_backups_have_a_cluster" {
  assert {
    condition     = var.aurora_dsql_backups != true || local.dsql_enabled
    error_message = "aurora_dsql_backups has no effect: Aurora clusters make backups of their own. Remove it, or set aurora_dsql_engine = \"dsql\"."
  }
}

check "auto_pause_has_something_to_pause" {
  assert {
    condition     = var.aurora_auto_pause != true || local.uses_serverless
    error_message = "aurora_auto_pause has no effect: only db.serverless can pause. Set aurora_instance_class or aurora_dsql_instance_class to db.serverless."
  }
}

check "proxy_lets_the_cluster_pause" {
  assert {
    condition     = !(var.enable_rds_proxy && coalesce(var.aurora_auto_pause, false))
    error_message = "aurora_auto_pause has no effect: an RDS Proxy keeps connections open, and with them the cluster awake."
  }
}

check "proxy_has_a_cluster" {
  assert {
    condition     = !var.enable_rds_proxy || length(local.proxied) > 0
    error_message = "enable_rds_proxy has no effect: there is no Aurora cluster, and Aurora DSQL needs no proxy."
  }
}

check "iam_user_has_a_cluster" {
  assert {
    condition     = var.database_iam_user == null || var.enable_aurora
    error_message = "database_iam_user has no effect with enable_aurora = false. Remove it, or set enable_aurora = true."
  }
}

check "topics_have_alarms" {
  assert {
    condition     = var.enable_alarms || length(var.alarm_topic_arns) == 0
    error_message = "alarm_topic_arns has no effect without enable_alarms = true."
  }
}

check "capacity_has_something_to_limit" {
  assert {
    condition     = var.aurora_max_capacity == 2 || local.uses_serverless
    error_message = "aurora_max_capacity has no effect: only db.serverless scales. Set aurora_instance_class or aurora_dsql_instance_class to db.serverless."
  }
}

check "managed_passwords_replace_the_given" {
  assert {
    condition     = !var.manage_master_passwords || var.database_password == null && var.aurora_dsql_database_password == null
    error_message = "database_password and aurora_dsql_database_password have no effect with manage_master_passwords = true: AWS makes the passwords."
  }
}
