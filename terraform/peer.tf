# The second region of a DSQL cluster that is active in two: its endpoint, and what the function there
# needs. Without aurora_dsql_peer_region nothing of this is made.

provider "aws" {
  alias  = "peer"
  region = coalesce(var.aurora_dsql_peer_region, var.aws_region)

  default_tags {
    tags = {
      Project     = var.project_name
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

locals {
  peered = local.dsql_enabled && var.aurora_dsql_peer_region != null

  # What cannot change without another cluster; output zappa refuses to change it unasked, and to or
  # from two regions at all: AWS links no cluster that it made without a witness, nor changes regions.
  dsql_kind = join(", ", compact([
    var.aurora_dsql_engine,
    local.peered ? "active in ${var.aws_region} and ${var.aurora_dsql_peer_region} with the witness ${var.aurora_dsql_witness_region}" : "",
  ]))

  peer_stage    = join("_", compact(["dsql_peer", replace(var.environment_name, "-", "_")]))
  peer_function = "${var.zappa_project_name}-${replace(local.peer_stage, "_", "-")}"
  peer_code     = replace(replace(coalesce(var.aurora_dsql_peer_region, var.aws_region), "/([nsewcg])(orth|outh|ast|est|entral|ov)/", "$1"), "-", "")

  peer_service_zones = [for zone in var.aurora_dsql_endpoint_zones : zone if can(regex("^${coalesce(var.aurora_dsql_peer_region, "none")}[a-z]$", zone))]

  # No variable names the zones of this network: it has a subnet in every zone but those that lack services.
  peer_zone_advice = length(local.peer_service_zones) > 0 ? "Change aurora_dsql_endpoint_zones." : "Choose another aurora_dsql_peer_region."

  zappa_peer = { for cluster in module.dsql_peer : local.peer_stage => {
    environment   = coalesce(var.environment_name, "default")
    account_id    = local.account
    aws_region    = var.aurora_dsql_peer_region
    function_name = local.peer_function
    role_name     = join("-", compact([local.peer_function, "execution", var.aurora_dsql_peer_region == "us-east-1" ? "" : local.peer_code]))
    vpc_config = {
      SubnetIds        = module.peer_network[0].private_subnet_ids
      SecurityGroupIds = [module.peer_network[0].function_security_group_ids["dsql"]]
    }
    aws_environment_variables = {
      DATABASE_URL = "dsql://${var.iam_database_user}@${cluster.host}:${cluster.port}/postgres?schema=${var.aurora_dsql_database_name}"
    }
    permissions = [{
      Effect   = "Allow"
      Action   = ["dsql:DbConnect"]
      Resource = [cluster.arn]
    }]
    lambda_concurrency = local.lambda_concurrency["dsql"]
    throttling         = var.api_throttling
  } if var.enable_python_lambda_dsql }
}

# Without the region's name, provider aws.peer would look for the second region's resources in the
# first one, find none and forget them: so output zappa refuses that whatever becomes of the database.
module "dsql_regions" {
  source = "./modules/remembered"

  value      = local.peered ? local.dsql_kind : "in one region"
  may_change = false
}

module "peer_network" {
  source    = "./modules/network"
  count     = local.peered ? 1 : 0
  providers = { aws = aws.peer }

  name       = local.name
  cidr_block = var.aurora_dsql_peer_vpc_cidr_block
  stages     = ["dsql"]

  create_spare_subnets = true
}

module "dsql_peer" {
  source    = "./modules/dsql"
  count     = local.peered ? 1 : 0
  providers = { aws = aws.peer }

  name                      = local.dsql_name
  aws_region                = var.aurora_dsql_peer_region
  vpc_id                    = module.peer_network[0].vpc_id
  subnets                   = module.peer_network[0].endpoint_subnets
  service_zones             = local.peer_service_zones
  zone_count                = local.production ? length(module.peer_network[0].availability_zones) : 1
  zone_advice               = local.peer_zone_advice
  client_security_group_ids = module.peer_network[0].function_security_group_ids
  allowed_cidr_blocks       = var.allowed_cidr_blocks
  deletion_protection       = local.deletion_protection
  kms_key_arn               = var.aurora_dsql_peer_kms_key_arn
  administrator_arns        = var.aurora_dsql_administrator_arns
  witness_region            = var.aurora_dsql_witness_region
  peer_arn                  = module.dsql[0].arn
}
