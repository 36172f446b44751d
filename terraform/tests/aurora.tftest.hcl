# Invariants of the Aurora module: what must hold however it is called.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  identifier      = "cars"
  engine_version  = "15.14"
  instance_class  = "db.serverless"
  database_name   = "car_entities"
  master_username = "postgres"
  master_password = "A-passw0rd-of-ours"

  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = { regular = "sg-1" }

  backup_retention_days = 3
  deletion_protection   = false
  skip_final_snapshot   = true
}

run "data_is_encrypted_and_backed_up" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted
    error_message = "The storage is not encrypted."
  }

  assert {
    condition     = aws_rds_cluster.this.backup_retention_period == 3 && aws_rds_cluster.this.copy_tags_to_snapshot
    error_message = "Backups are kept for ${aws_rds_cluster.this.backup_retention_period} days."
  }
}

run "plain_text_is_refused" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = [for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"] == ["1"]
    error_message = "rds.force_ssl is not 1."
  }

  assert {
    condition     = aws_rds_cluster.this.db_cluster_parameter_group_name == aws_rds_cluster_parameter_group.this.name && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql15"
    error_message = "The cluster does not use the parameter group of its major version."
  }
}

run "logs_are_kept_for_one_day" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = aws_cloudwatch_log_group.postgresql.retention_in_days == 1 && aws_cloudwatch_log_group.postgresql.name == "/aws/rds/cluster/cars/postgresql"
    error_message = "${aws_cloudwatch_log_group.postgresql.name} keeps logs for ${aws_cloudwatch_log_group.postgresql.retention_in_days} days."
  }

  assert {
    condition     = aws_rds_cluster.this.enabled_cloudwatch_logs_exports == toset(["postgresql"])
    error_message = "The logs are not exported."
  }
}

run "only_the_function_may_connect" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = !aws_rds_cluster_instance.this.publicly_accessible && length(aws_vpc_security_group_ingress_rule.allowed) == 0
    error_message = "Somebody besides the function may connect."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.function : [rule.referenced_security_group_id, rule.from_port, rule.to_port, rule.ip_protocol]] == [["sg-1", 5432, 5432, "tcp"]]
    error_message = "The function's rule is wider than PostgreSQL's port."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_egress_rule.function : rule.referenced_security_group_id] == [aws_security_group.database.id]
    error_message = "The function may reach something else than this database."
  }
}

run "passwords_alone_by_default" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = !aws_rds_cluster.this.iam_database_authentication_enabled && aws_rds_cluster.this.master_password == null && aws_rds_cluster.this.manage_master_user_password == null
    error_message = "The password is in the state, or tokens are accepted."
  }
}

run "iam_authentication_when_asked_for" {
  module {
    source = "./modules/aurora"
  }

  variables {
    iam_authentication = true
  }

  assert {
    condition     = aws_rds_cluster.this.iam_database_authentication_enabled
    error_message = "Tokens are not accepted."
  }
}

run "secrets_manager_when_asked_for" {
  module {
    source = "./modules/aurora"
  }

  variables {
    manage_master_password = true
  }

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && aws_rds_cluster.this.master_password_wo_version == null
    error_message = "AWS does not keep the password."
  }
}

run "serverless_pauses_when_asked_for" {
  module {
    source = "./modules/aurora"
  }

  variables {
    auto_pause = true
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0 && aws_rds_cluster.this.serverlessv2_scaling_configuration[0].seconds_until_auto_pause == 300
    error_message = "The cluster does not pause."
  }
}

run "serverless_stays_awake_otherwise" {
  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0.5
    error_message = "The cluster pauses."
  }
}

run "fixed_class_has_no_scaling" {
  module {
    source = "./modules/aurora"
  }

  variables {
    instance_class = "db.t4g.medium"
  }

  assert {
    condition     = length(aws_rds_cluster.this.serverlessv2_scaling_configuration) == 0
    error_message = "A class of fixed size has a scaling configuration."
  }
}

run "full_version_stays_major_version_follows" {
  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "16"
  }

  assert {
    condition     = aws_rds_cluster_instance.this.auto_minor_version_upgrade && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16"
    error_message = "Version 16 does not follow minor upgrades."
  }
}

run "last_snapshot_is_kept" {
  module {
    source = "./modules/aurora"
  }

  variables {
    skip_final_snapshot = false
    deletion_protection = true
  }

  assert {
    condition     = aws_rds_cluster.this.final_snapshot_identifier == "cars-final" && aws_rds_cluster.this.deletion_protection
    error_message = "The data goes without a snapshot."
  }
}

run "public_without_addresses_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    publicly_accessible = true
  }

  expect_failures = [aws_rds_cluster.this]
}

run "public_for_named_addresses" {
  module {
    source = "./modules/aurora"
  }

  variables {
    publicly_accessible = true
    allowed_cidr_blocks = ["203.0.113.7/32"]
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.allowed : [rule.cidr_ipv4, rule.from_port, rule.to_port]] == [["203.0.113.7/32", 5432, 5432]]
    error_message = "The address may not connect, or to more than PostgreSQL."
  }
}

run "placeholder_password_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = "YOUR_PASSWORD"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "short_password_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = "short"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "password_with_an_at_sign_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = "pass@word"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "missing_password_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = null
  }

  expect_failures = [aws_rds_cluster.this]
}

run "password_longer_than_aurora_takes_is_refused" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = "${join("", [for index in range(41) : "a"])}b"
  }

  expect_failures = [aws_rds_cluster.this]
}

run "longest_password_is_taken" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    master_password = join("", [for index in range(41) : "a"])
  }
}

################################################################################
# Not every version can pause
################################################################################

run "version_15_6_cannot_pause" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.6"
    auto_pause     = true
  }

  expect_failures = [aws_rds_cluster.this]
}

run "version_16_2_cannot_pause" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "16.2"
    auto_pause     = true
  }

  expect_failures = [aws_rds_cluster.this]
}

run "version_14_11_cannot_pause" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "14.11"
    auto_pause     = true
  }

  expect_failures = [aws_rds_cluster.this]
}

run "version_13_14_cannot_pause" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "13.14"
    auto_pause     = true
  }

  expect_failures = [aws_rds_cluster.this]
}

run "version_15_7_pauses" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.7"
    auto_pause     = true
  }
}

run "version_17_4_pauses" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "17.4"
    auto_pause     = true
  }
}

run "version_13_pauses" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "13"
    auto_pause     = true
  }
}

run "version_that_cannot_pause_may_stay_awake" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.6"
  }
}

run "fixed_class_needs_no_version_that_pauses" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.6"
    instance_class = "db.t4g.medium"
    auto_pause     = true
  }
}

run "new_major_version_is_applied_and_support_is_not_extended" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  assert {
    condition     = aws_rds_cluster.this.allow_major_version_upgrade && aws_rds_cluster.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "AWS refuses a new major version, or bills extended support."
  }
}
