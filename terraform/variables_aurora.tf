# The regular cluster, and what the second one shares with it in aurora-postgresql mode.

variable "enable_aurora" {
  description = "Whether to make the regular Aurora PostgreSQL cluster, which the stage `regular` uses."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_name" {
  description = "Database of the regular cluster."
  type        = string
  default     = "car_entities"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "database_name is \"${var.database_name}\": use up to 63 lower-case letters, digits and underscores, a letter first."
  }

  validation {
    condition     = !contains(local.reserved_words, var.database_name)
    error_message = "database_name is \"${var.database_name}\", a word that PostgreSQL reserves, and RDS refuses it: take another name."
  }
}

variable "database_user" {
  description = "Administrator of the regular cluster, whom the stage `regular` connects as."
  type        = string
  default     = "postgres"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_user)) && !contains(["admin", "rdsadmin"], var.database_user)
    error_message = "database_user is \"${var.database_user}\": use up to 63 lower-case letters, digits and underscores, a letter first; RDS keeps admin and rdsadmin for itself."
  }

  validation {
    condition     = !contains(local.reserved_words, var.database_user)
    error_message = "database_user is \"${var.database_user}\", a word that PostgreSQL reserves, and RDS refuses it: take another name."
  }
}

variable "database_iam_user" {
  description = "User of the stage `regular` who signs in with IAM tokens instead of a password, and is no administrator. Made after the apply, by `manage.py create_db_user`. Null: the stage signs in as database_user, as in the guide."
  type        = string
  default     = null

  validation {
    condition     = var.database_iam_user == null || can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_iam_user))
    error_message = "database_iam_user is \"${coalesce(var.database_iam_user, "null")}\": use up to 63 lower-case letters, digits and underscores, a letter first."
  }

  validation {
    condition     = !contains(["admin", "postgres", "rdsadmin", var.database_user], coalesce(var.database_iam_user, "null"))
    error_message = "database_iam_user is \"${coalesce(var.database_iam_user, "null")}\", an administrator: give the function a user of its own, such as lambda_user."
  }
}

variable "enable_rds_proxy" {
  description = "Whether an RDS Proxy stands before each Aurora cluster, for more functions than the cluster has connections. Keeps db.serverless awake. Aurora DSQL needs none."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.enable_rds_proxy || !var.enable_aurora || var.database_iam_user != null
    error_message = "enable_rds_proxy needs database_iam_user: functions sign in to the proxy with IAM tokens, and the administrator is not to have any."
  }
}

variable "database_password" {
  description = "The administrator's password, 8 to 41 characters. Neither the plan nor the state holds it, so it must be given each time: in terraform.tfvars or as TF_VAR_database_password."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = !var.enable_aurora || var.manage_master_passwords || var.database_password != null
    error_message = "The regular cluster has no password: set database_password (terraform.tfvars or TF_VAR_database_password), or manage_master_passwords = true."
  }
}

variable "database_password_version" {
  description = "Raise it after changing a password: AWS is told of a new one only when this number changes."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.database_password_version >= 1 && floor(var.database_password_version) == var.database_password_version
    error_message = "database_password_version is ${var.database_password_version}: count 1, 2, 3."
  }
}

variable "manage_master_passwords" {
  description = "Whether AWS makes, keeps and rotates the passwords in Secrets Manager instead (billed by the secret). The function keeps the password it was deployed with: deploy again after each rotation."
  type        = bool
  default     = false
  nullable    = false
}

variable "aurora_engine_version" {
  description = "PostgreSQL version of the regular cluster: a full one (15.14) is kept, a major one (15) follows AWS's minor upgrades."
  type        = string
  default     = "15.14"
  nullable    = false

  validation {
    condition     = can(regex(local.engine_version_pattern, var.aurora_engine_version))
    error_message = "aurora_engine_version is \"${var.aurora_engine_version}\": use a PostgreSQL version from 13 on, such as 15.14 or 15."
  }

  validation {
    condition     = try(tonumber(split(".", var.aurora_engine_version)[1]), 0) <= 4 * (local.years_of_postgresql - try(tonumber(split(".", var.aurora_engine_version)[0]), 0)) + 5
    error_message = "aurora_engine_version is \"${var.aurora_engine_version}\", which PostgreSQL has not released yet: it makes a major version a year and a minor one a quarter. `aws rds describe-db-engine-versions --engine aurora-postgresql` lists those that there are."
  }
}

variable "aurora_instance_class" {
  description = "Instance class of the regular cluster. db.serverless is Aurora Serverless v2, the cheapest when mostly idle."
  type        = string
  default     = "db.serverless"
  nullable    = false

  validation {
    condition     = can(regex(local.instance_class_pattern, var.aurora_instance_class))
    error_message = "aurora_instance_class is \"${var.aurora_instance_class}\", which Aurora PostgreSQL does not offer: use db.t4g.medium, the smallest with a fixed price, or db.serverless."
  }
}

variable "aurora_instances" {
  description = "Instances of each Aurora cluster, in different zones: where the writer fails, another takes over within a minute. Null means 2 in production, else 1."
  type        = number
  default     = null

  validation {
    condition     = var.aurora_instances == null || try(var.aurora_instances >= 1 && var.aurora_instances <= 15 && floor(var.aurora_instances) == var.aurora_instances, false)
    error_message = "aurora_instances is ${coalesce(var.aurora_instances, 0)}: use 1 to 15."
  }
}

variable "aurora_allow_major_upgrade" {
  description = "Whether another major version in aurora_engine_version or aurora_dsql_engine_version upgrades the cluster, at once and with the database away for minutes. Null means: except in production."
  type        = bool
  default     = null
}

variable "aurora_auto_pause" {
  description = "Whether db.serverless stops after five minutes without a connection; the next one waits some 15 seconds, after a day's pause 30 and more. Null means: except in production. Needs PostgreSQL 13.15, 14.12, 15.7, 16.3 or newer."
  type        = bool
  default     = null
}

variable "aurora_max_capacity" {
  description = "Upper limit of db.serverless in Aurora capacity units (2 GiB of memory each), in steps of 0.5."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.aurora_max_capacity >= 1 && var.aurora_max_capacity <= 256 && floor(var.aurora_max_capacity * 2) == var.aurora_max_capacity * 2
    error_message = "aurora_max_capacity is ${var.aurora_max_capacity}: use 1 to 256 in steps of 0.5."
  }
}

variable "aurora_skip_final_snapshot" {
  description = "Whether destroying an Aurora cluster drops its data without a last snapshot. Null means: except in production."
  type        = bool
  default     = null
}

locals {
  # Aurora PostgreSQL has no micro or small classes.
  # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
  instance_class_pattern = "^db\\.(serverless|(t3|t4g)\\.(medium|large)|(r[5-9][a-z]*|x2g)\\.(large|[0-9]*xlarge))$"
  engine_version_pattern = "^(1[3-9]|[2-9][0-9])(\\.[0-9]+)?$"

  # PostgreSQL 15 came in 2022, 16 in 2023 and so on, and each has a minor release a quarter, with few more
  # in between. Which of them AWS offers, AWS alone knows.
  # https://www.postgresql.org/developer/roadmap/
  years_of_postgresql = try(tonumber(formatdate("YYYY", plantimestamp())) - 2007, 99)
}
