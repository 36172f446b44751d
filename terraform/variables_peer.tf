# The second region of Aurora DSQL: both or neither of the first two.

variable "aurora_dsql_peer_region" {
  description = "Region in which the DSQL cluster has its second endpoint, with a network and a Zappa stage of its own (dsql_peer). Null is a cluster in aws_region alone. Choose before the first apply: a cluster cannot become multi-Region, nor change its regions."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_peer_region == null || can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aurora_dsql_peer_region))
    error_message = "aurora_dsql_peer_region is \"${coalesce(var.aurora_dsql_peer_region, "null")}\": use the name of a region, such as us-east-2."
  }

  validation {
    condition     = var.aurora_dsql_peer_region == null || var.enable_aurora_dsql_cluster && var.aurora_dsql_engine == "dsql"
    error_message = "aurora_dsql_peer_region needs enable_aurora_dsql_cluster = true and aurora_dsql_engine = \"dsql\": only Aurora DSQL is active in two regions."
  }

  validation {
    # As for environment_name: a region's code takes up to six.
    condition     = var.aurora_dsql_peer_region == null || length(join("-", compact([var.zappa_project_name, "dsql-peer", var.environment_name, "execution"]))) <= (var.aurora_dsql_peer_region == "us-east-1" ? 64 : 58)
    error_message = "With aurora_dsql_peer_region the name of the role of the stage dsql_peer would be longer than the 64 characters that IAM takes. Choose a shorter environment_name than \"${var.environment_name}\", or a shorter zappa_project_name."
  }
}

variable "aurora_dsql_witness_region" {
  description = "Third region, which keeps a part of the log so that either of the others can be lost. It has no endpoint and nothing of yours."
  type        = string
  default     = null

  validation {
    condition     = (var.aurora_dsql_peer_region == null) == (var.aurora_dsql_witness_region == null)
    error_message = "aurora_dsql_peer_region and aurora_dsql_witness_region belong together: set both, or neither."
  }

  validation {
    condition     = var.aurora_dsql_witness_region == null || length(distinct([var.aws_region, coalesce(var.aurora_dsql_peer_region, "none"), coalesce(var.aurora_dsql_witness_region, "none")])) == 3
    error_message = "aurora_dsql_witness_region is \"${coalesce(var.aurora_dsql_witness_region, "null")}\": aws_region, aurora_dsql_peer_region and the witness must be three regions, such as us-east-1, us-east-2 and us-west-2."
  }
}

variable "aurora_dsql_peer_vpc_cidr_block" {
  description = "IPv4 range of the VPC in the second region, /16 to /24."
  type        = string
  default     = "10.43.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.aurora_dsql_peer_vpc_cidr_block)) && try(tonumber(split("/", var.aurora_dsql_peer_vpc_cidr_block)[1]) >= 16 && tonumber(split("/", var.aurora_dsql_peer_vpc_cidr_block)[1]) <= 24, false)
    error_message = "aurora_dsql_peer_vpc_cidr_block is \"${var.aurora_dsql_peer_vpc_cidr_block}\": use an IPv4 range from /16 to /24, such as 10.43.0.0/16."
  }
}

variable "aurora_dsql_peer_kms_key_arn" {
  description = "Customer managed key in the second region that encrypts the cluster there; keys belong to a region. Null is a key of AWS's own, free of charge."
  type        = string
  default     = null

  validation {
    condition     = var.aurora_dsql_peer_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:", var.aurora_dsql_peer_kms_key_arn))
    error_message = "aurora_dsql_peer_kms_key_arn is \"${coalesce(var.aurora_dsql_peer_kms_key_arn, "null")}\": use the ARN of a key."
  }
}

variable "dsql_domain" {
  description = "A name of your own that leads to the nearer region of Aurora DSQL, and to the other one while `/health` of the nearer one fails: the name, its public hosted zone, and the APIs of the stages dsql and dsql_peer, in this order (the first labels of their URLs). Null makes none. Deploy both stages before."
  type        = object({ name = string, hosted_zone_id = string, api_ids = list(string) })
  default     = null

  validation {
    condition     = var.dsql_domain == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.dsql_domain.name)) && can(regex("^Z[A-Z0-9]+$", var.dsql_domain.hosted_zone_id))
    error_message = "dsql_domain is ${jsonencode(var.dsql_domain)}: use a name such as cars.example.com, and the id of its hosted zone, such as Z0123456789ABCDEFGHIJ."
  }

  validation {
    condition     = var.dsql_domain == null || try(length(distinct(var.dsql_domain.api_ids)) == 2 && alltrue([for id in var.dsql_domain.api_ids : can(regex("^[a-z0-9]+$", id))]), false)
    error_message = "dsql_domain.api_ids is ${jsonencode(try(var.dsql_domain.api_ids, null))}: give the APIs of dsql and dsql_peer, the first labels of the URLs that `zappa deploy` printed."
  }

  validation {
    condition     = var.dsql_domain == null || var.aurora_dsql_peer_region != null
    error_message = "dsql_domain leads to two regions, and aurora_dsql_peer_region is not set. For one region there is `zappa certify`."
  }
}
