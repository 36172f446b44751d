# The second database, which the stage `dsql` reaches with an IAM token.

variable "enable_aurora_dsql_cluster" {
  description = "Whether to make the second database."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_python_lambda_dsql" {
  description = "Whether output `zappa` has the stage `dsql`. Its security group exists either way, because a function that is still there keeps AWS from deleting it."
  type        = bool
  default     = true
  nullable    = false
}

variable "aurora_dsql_engine" {
  description = "dsql is Aurora DSQL; aurora-postgresql an Aurora PostgreSQL cluster with IAM authentication."
  type        = string
  default     = "dsql"
  nullable    = false

  validation {
    condition     = contains(["dsql", "aurora-postgresql"], var.aurora_dsql_engine)
    error_message = "aurora_dsql_engine is \"${var.aurora_dsql_engine}\": use dsql or aurora-postgresql."
  }
}

variable "aurora_dsql_replace_engine" {
  description = "Whether another aurora_dsql_engine may destroy the second database as it is. For one apply: set it back afterwards."
  type        = bool
  default     = false
  nullable    = false
}

variable "aurora_dsql_backups" {
  description = "Whether AWS Backup makes a backup of the DSQL cluster every day, which DSQL does not. Null means: in production."
  type        = bool
  default     = null
}

variable "aurora_dsql_endpoint_zones" {
  description = "Zones that the DSQL endpoint may be in, of either region, such as output aurora_dsql_endpoint_zones names. Empty asks AWS in every plan which zones the endpoint's service has."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.aurora_dsql_endpoint_zones : can(regex("^(${join("|", compact([var.aws_region, var.aurora_dsql_peer_region]))})[a-z]$", zone))])
    error_message = "aurora_dsql_endpoint_zones ${jsonencode(var.aurora_dsql_endpoint_zones)} are not all zones of ${join(" or ", compact([var.aws_region, var.aurora_dsql_peer_region]))}, such as ${var.aws_region}a."
  }
}

variable "aurora_dsql_administrator_arns" {
  description = "IAM identities, such as arn:aws:iam::123456789012:role/admin, that output aurora_dsql_vpc_policy lets connect from outside the VPC."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.aurora_dsql_administrator_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", arn))])
    error_message = "aurora_dsql_administrator_arns is ${jsonencode(var.aurora_dsql_administrator_arns)}: use ARNs of IAM roles or users, such as arn:aws:iam::123456789012:role/admin."
  }
}

variable "iam_database_user" {
  description = "Database user of the stage `dsql`. Made after the apply, by `manage.py create_db_user`."
  type        = string
  default     = "lambda_dsql_user"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.iam_database_user))
    error_message = "iam_database_user is \"${var.iam_database_user}\": use up to 63 lower-case letters, digits and underscores, a letter first."
  }

  validation {
    condition     = !contains(["admin", "postgres", "rdsadmin", coalesce(var.aurora_dsql_database_user, "postgres")], var.iam_database_user)
    error_message = "iam_database_user is \"${var.iam_database_user}\", an administrator: a user who authenticates with IAM cannot use a password any more, so give the function a user of its own, such as lambda_dsql_user."
  }
}

variable "aurora_dsql_database_name" {
  description = "Database of the second Aurora cluster; in dsql mode, where the database is always postgres, the schema of the application."
  type        = string
  default     = "car_entities"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.aurora_dsql_database_name))
    error_message = "aurora_dsql_database_name is \"${var.aurora_dsql_database_name}\": use up to 63 lower-case letters, digits and underscores, a letter first."
  }

  validation {
    condition     = var.aurora_dsql_engine != "dsql" || !contains(["public", "sys"], var.aurora_dsql_database_name) && !startswith(var.aurora_dsql_database_name, "pg_")
    error_message = "aurora_dsql_database_name is \"${var.aurora_dsql_database_name}\": in DSQL it names a schema, and only the administrator may use that one. Take another name, such as car_entities."
  }

  validation {
    condition     = !contains(local.reserved_words, var.aurora_dsql_database_name)
    error_message = "aurora_dsql_database_name is \"${var.aurora_dsql_database_name}\", a word that PostgreSQL reserves, and RDS refuses it: take another name."
  }
}

variable "aurora_dsql_cluster_resource_id" {
  description = "Overrides the cluster that the connect permission names. Not needed: one apply reads the id of the cluster it makes."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_cluster_resource_id == null || !can(regex("^(?i:cluster-x+)$", var.aurora_dsql_cluster_resource_id))
    error_message = "aurora_dsql_cluster_resource_id is the guide's placeholder \"${coalesce(var.aurora_dsql_cluster_resource_id, "null")}\": delete the line. The id is read from the cluster, and one apply is enough."
  }

  validation {
    condition = var.aurora_dsql_cluster_resource_id == null || can(regex("^(?i:cluster-x+)$", var.aurora_dsql_cluster_resource_id)) || can(regex(
      var.aurora_dsql_engine == "dsql" ? "^[a-z0-9]{26}$" : "^cluster-[A-Z0-9]{26}$", var.aurora_dsql_cluster_resource_id,
    ))
    error_message = "aurora_dsql_cluster_resource_id is \"${coalesce(var.aurora_dsql_cluster_resource_id, "null")}\": with aurora_dsql_engine ${var.aurora_dsql_engine} it must look like ${var.aurora_dsql_engine == "dsql" ? "vftmkydwxvxys6asbsc6ih2the" : "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"}. Delete the line to have it read from the cluster."
  }
}

################################################################################
# Only with aurora_dsql_engine = "aurora-postgresql"; the checks say so when one of them is set without it
################################################################################

variable "aurora_dsql_instance_class" {
  description = "Instance class of the second Aurora cluster. Null means db.serverless. Aurora PostgreSQL has no db.t3.small."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_instance_class == null || can(regex("^db\\.[a-z0-9]+(\\.[a-z0-9]+)?$", var.aurora_dsql_instance_class))
    error_message = "aurora_dsql_instance_class is \"${coalesce(var.aurora_dsql_instance_class, "null")}\", no instance class: use db.t4g.medium or db.serverless."
  }

  validation {
    condition     = var.aurora_dsql_engine == "dsql" || var.aurora_dsql_instance_class == null || can(regex(local.instance_class_pattern, var.aurora_dsql_instance_class))
    error_message = "aurora_dsql_instance_class is \"${coalesce(var.aurora_dsql_instance_class, "null")}\", which Aurora PostgreSQL does not offer: use db.t4g.medium, the smallest with a fixed price, or db.serverless."
  }
}

variable "aurora_dsql_publicly_accessible" {
  description = "Whether the second Aurora cluster has a public address. Needs allowed_cidr_blocks."
  type        = bool
  default     = false
  nullable    = false
}

variable "aurora_dsql_engine_version" {
  description = "PostgreSQL version of the second Aurora cluster. Null means 15.14."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_engine_version == null || can(regex(local.engine_version_pattern, var.aurora_dsql_engine_version))
    error_message = "aurora_dsql_engine_version is \"${coalesce(var.aurora_dsql_engine_version, "null")}\": use a PostgreSQL version from 13 on, such as 15.14 or 15."
  }

  validation {
    condition     = var.aurora_dsql_engine_version == null ? true : try(tonumber(split(".", var.aurora_dsql_engine_version)[1]), 0) <= 4 * (local.years_of_postgresql - try(tonumber(split(".", var.aurora_dsql_engine_version)[0]), 0)) + 5
    error_message = "aurora_dsql_engine_version is \"${coalesce(var.aurora_dsql_engine_version, "null")}\", which PostgreSQL has not released yet: it makes a major version a year and a minor one a quarter. `aws rds describe-db-engine-versions --engine aurora-postgresql` lists those that there are."
  }
}

variable "aurora_dsql_database_user" {
  description = "Administrator of the second Aurora cluster. Null means postgres."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_database_user == null || can(regex("^[a-z][a-z0-9_]{0,62}$", var.aurora_dsql_database_user)) && !contains(["admin", "rdsadmin"], coalesce(var.aurora_dsql_database_user, "postgres"))
    error_message = "aurora_dsql_database_user is \"${coalesce(var.aurora_dsql_database_user, "null")}\": use up to 63 lower-case letters, digits and underscores, a letter first; RDS keeps admin and rdsadmin for itself."
  }

  validation {
    condition     = var.aurora_dsql_database_user == null || !contains(local.reserved_words, coalesce(var.aurora_dsql_database_user, "null_"))
    error_message = "aurora_dsql_database_user is \"${coalesce(var.aurora_dsql_database_user, "null")}\", a word that PostgreSQL reserves, and RDS refuses it: take another name."
  }
}

variable "aurora_dsql_database_password" {
  description = "Password of the second Aurora cluster's administrator, under the rules of database_password."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = !local.aurora_iam_enabled || var.manage_master_passwords || var.aurora_dsql_database_password != null
    error_message = "The second Aurora cluster has no password: set aurora_dsql_database_password (terraform.tfvars or TF_VAR_aurora_dsql_database_password), or manage_master_passwords = true."
  }
}
