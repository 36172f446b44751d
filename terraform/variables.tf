# Everything that concerns both databases. Those of one database are in variables_aurora.tf and variables_dsql.tf.

variable "project_name" {
  description = "Prefix of every name. A second environment in the account needs an environment_name, not another prefix."
  type        = string
  default     = "producer-api"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.project_name)) && length(var.project_name) <= 40
    error_message = "project_name is \"${var.project_name}\": use up to 40 lower-case letters, digits and single hyphens, a letter first, such as producer-api."
  }
}

variable "environment" {
  description = "dev, staging or production. Production keeps backups for 7 days instead of 3, and those of DSQL at all, is protected from deletion, never pauses, has two instances in each Aurora cluster and a DSQL endpoint in as many zones as the functions."
  type        = string
  default     = "dev"
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "production"], var.environment)
    error_message = "environment is \"${var.environment}\": use dev, staging or production."
  }
}

variable "aws_region" {
  description = "Region of everything; the same as aws_region in zappa_settings.json."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aws_region))
    error_message = "aws_region is \"${var.aws_region}\": use the name of a region, such as us-east-1, not of a zone."
  }
}

variable "availability_zones" {
  description = "Zones of the network, two to eight. Empty takes the first two of the region, and for the DSQL endpoint any others that its service has. Let the first list begin with output private_zones, append to it and never reorder it: a zone at another position gets another subnet."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.availability_zones : can(regex("^${var.aws_region}[a-z]$", zone))])
    error_message = "Region mismatch: availability_zones ${jsonencode(var.availability_zones)} are not all zones of aws_region ${var.aws_region}, such as ${var.aws_region}a. Change one of the two, or leave availability_zones empty."
  }

  validation {
    condition     = length(var.availability_zones) == 0 || length(distinct(var.availability_zones)) == length(var.availability_zones) && length(var.availability_zones) >= 2 && length(var.availability_zones) <= 8
    error_message = "availability_zones is ${jsonencode(var.availability_zones)}: Aurora needs two different zones, and eight fit into the address plan."
  }
}

variable "vpc_cidr_block" {
  description = "IPv4 range of the VPC, /16 to /24. Choose one that no network to be peered with uses."
  type        = string
  default     = "10.42.0.0/16"
  nullable    = false

  validation {
    condition     = can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr_block)) && can(cidrnetmask(var.vpc_cidr_block)) && try(cidrhost(var.vpc_cidr_block, 0) == split("/", var.vpc_cidr_block)[0], false)
    error_message = "vpc_cidr_block is \"${var.vpc_cidr_block}\": use an IPv4 range from /16 to /24 without host bits, such as 10.42.0.0/16."
  }
}

variable "allowed_cidr_blocks" {
  description = "IPv4 ranges that may connect to the databases besides the functions: your own address for a public cluster, a VPN's or a peered network's for a private one."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.allowed_cidr_blocks : try(cidrhost(block, 0) == split("/", block)[0] && can(cidrnetmask(block)), false)])
    error_message = "allowed_cidr_blocks is ${jsonencode(var.allowed_cidr_blocks)}: each must be an IPv4 range without host bits, such as 203.0.113.7/32."
  }

  validation {
    # 0.0.0.0/0 can also be written as two halves, or four quarters.
    condition     = alltrue([for block in var.allowed_cidr_blocks : try(tonumber(split("/", block)[1]) >= 8, true)])
    error_message = "allowed_cidr_blocks is ${jsonencode(var.allowed_cidr_blocks)} and would open the databases to the internet: name the addresses that need to connect, such as 203.0.113.7/32. /8 is the widest range accepted."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the databases. Null means: in production."
  type        = bool
  default     = null

  validation {
    condition     = var.environment != "production" || var.deletion_protection != false
    error_message = "Production without deletion protection: remove deletion_protection = false. To take production down on purpose, first apply with environment = \"staging\" and aurora_skip_final_snapshot = false, then destroy."
  }
}

variable "kms_key_arn" {
  description = "Key of yours that encrypts databases and backups, in aws_region. Null is AWS's own, free of charge. An Aurora cluster cannot change its key: another one is a new cluster."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:${var.aws_region}:[0-9]{12}:key/[0-9a-f-]{36}$", var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\": use the ARN of a key (not of an alias) in ${var.aws_region}, such as arn:aws:kms:${var.aws_region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab."
  }
}

variable "log_retention_days" {
  description = "Days that PostgreSQL's logs are kept in CloudWatch; one of the periods that CloudWatch offers."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch offers 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}
