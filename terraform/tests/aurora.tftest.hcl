# Invariants of the Aurora module: what must hold however it is called.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
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
  availability_zones        = ["us-east-1a", "us-east-1b"]
  client_security_group_ids = { regular = "sg-1" }

  backup_retention_days = 3
  deletion_protection   = false
  skip_final_snapshot   = true
  allow_major_upgrade   = true
}

run "safe_as_it_comes" {
  module {
    source = "./modules/aurora"
  }

  variables {
    allow_major_upgrade = false
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted
    error_message = "The storage is not encrypted."
  }

  assert {
    condition     = aws_rds_cluster.this.backup_retention_period == 3 && aws_rds_cluster.this.copy_tags_to_snapshot
    error_message = "Backups are kept for ${aws_rds_cluster.this.backup_retention_period} days."
  }

  assert {
    condition     = [for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"] == ["1"]
    error_message = "rds.force_ssl is not 1."
  }

  assert {
    condition     = aws_rds_cluster.this.db_cluster_parameter_group_name == aws_rds_cluster_parameter_group.this.name && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql15"
    error_message = "The cluster does not use the parameter group of its major version."
  }

  assert {
    condition     = aws_cloudwatch_log_group.postgresql.retention_in_days == 1 && aws_cloudwatch_log_group.postgresql.name == "/aws/rds/cluster/cars/postgresql"
    error_message = "${aws_cloudwatch_log_group.postgresql.name} keeps logs for ${aws_cloudwatch_log_group.postgresql.retention_in_days} days."
  }

  assert {
    condition     = aws_rds_cluster.this.enabled_cloudwatch_logs_exports == toset(["postgresql"])
    error_message = "The logs are not exported."
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

  assert {
    condition     = !aws_rds_cluster.this.iam_database_authentication_enabled && aws_rds_cluster.this.master_password == null && aws_rds_cluster.this.manage_master_user_password == null
    error_message = "The password is in the state, or tokens are accepted."
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0.5
    error_message = "The cluster pauses, and nobody asked for it."
  }

  assert {
    condition     = aws_rds_cluster.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "AWS bills extended support."
  }

  assert {
    condition     = length(aws_rds_cluster_instance.reader) == 0 && aws_rds_cluster.this.delete_automated_backups && !aws_rds_cluster.this.apply_immediately
    error_message = "The cluster is more expensive than asked for, or changes in the middle of the day."
  }

  assert {
    condition     = output.connections == 400
    error_message = "2 capacity units take ${output.connections} connections."
  }
}

run "major_upgrade_is_refused_unasked" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version      = "16.9"
    allow_major_upgrade = false
  }

  expect_failures = [aws_rds_cluster.this]
}

run "minor_upgrade_is_not" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version      = "15.15"
    instance_class      = "db.r6g.large"
    allow_major_upgrade = false
  }

  assert {
    condition     = !aws_rds_cluster.this.apply_immediately
    error_message = "A minor upgrade does not wait for its window."
  }

  assert {
    condition     = output.connections == 1669
    error_message = "16 GiB take ${output.connections} connections."
  }
}

run "everything_that_can_be_asked_for" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version         = "16"
    instances              = 3
    kms_key_arn            = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    iam_authentication     = true
    auto_pause             = true
    publicly_accessible    = true
    allowed_cidr_blocks    = ["203.0.113.7/32"]
    max_capacity           = 64
    skip_final_snapshot    = false
    deletion_protection    = true
    keep_automated_backups = true
    master_password        = join("", [for index in range(41) : "a"]) # the longest
  }

  assert {
    condition     = aws_rds_cluster.this.iam_database_authentication_enabled
    error_message = "Tokens are not accepted."
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0 && aws_rds_cluster.this.serverlessv2_scaling_configuration[0].seconds_until_auto_pause == 300
    error_message = "The cluster does not pause."
  }

  assert {
    condition     = aws_rds_cluster_instance.this.auto_minor_version_upgrade && aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16"
    error_message = "Version 16 does not follow minor upgrades."
  }

  assert {
    condition     = aws_rds_cluster.this.final_snapshot_identifier == "cars-final" && aws_rds_cluster.this.deletion_protection
    error_message = "The data goes without a snapshot."
  }

  assert {
    condition     = !aws_rds_cluster.this.delete_automated_backups && aws_rds_cluster.this.kms_key_id == var.kms_key_arn
    error_message = "The backups go with the cluster, or the key is not the one given."
  }

  # The new parameter group is in use when the old one is deleted.
  assert {
    condition     = aws_rds_cluster.this.allow_major_version_upgrade && aws_rds_cluster.this.apply_immediately
    error_message = "The major upgrade is refused by AWS, or waits while its parameter group goes."
  }

  assert {
    condition     = [for reader in aws_rds_cluster_instance.reader : [reader.identifier, reader.availability_zone]] == [["cars-2", "us-east-1b"], ["cars-3", "us-east-1b"]]
    error_message = "The readers are ${jsonencode(aws_rds_cluster_instance.reader[*].availability_zone)}, and the writer is in us-east-1a."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.allowed : [rule.cidr_ipv4, rule.from_port, rule.to_port]] == [["203.0.113.7/32", 5432, 5432]]
    error_message = "The address may not connect, or to more than PostgreSQL."
  }

  assert {
    condition     = output.connections == 2000
    error_message = "64 capacity units from nothing on take ${output.connections} connections."
  }
}

run "fixed_class_with_its_password_in_secrets_manager" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version         = "15.6" # cannot pause, and need not
    instance_class         = "db.t4g.medium"
    auto_pause             = true
    manage_master_password = true
  }

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && aws_rds_cluster.this.master_password_wo_version == null
    error_message = "AWS does not keep the password."
  }

  assert {
    condition     = length(aws_rds_cluster.this.serverlessv2_scaling_configuration) == 0
    error_message = "A class of fixed size has a scaling configuration."
  }

  assert {
    condition     = !aws_rds_cluster_instance.this.auto_minor_version_upgrade
    error_message = "Version 15.6 does not stay."
  }

  assert {
    condition     = output.connections == 400
    error_message = "4 GiB take ${output.connections} connections."
  }
}

# Other wrong passwords, and public access without addresses: tests/terraform/test_wrong_input.py.
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

run "version_that_cannot_pause_may_stay_awake" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.6"
    instance_class = "db.x2g.xlarge"
  }

  assert {
    condition     = output.connections == 5000
    error_message = "64 GiB take ${output.connections} connections."
  }
}

################################################################################
# Not every version can pause
################################################################################

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

run "version_15_7_pauses" {
  command = plan

  module {
    source = "./modules/aurora"
  }

  variables {
    engine_version = "15.7"
    auto_pause     = true
    max_capacity   = 1
  }

  assert {
    condition     = output.connections == 189
    error_message = "2 GiB take ${output.connections} connections."
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
