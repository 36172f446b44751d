# The databases and the network that the functions reach them through. Zappa owns the functions, their
# roles and the gateways; output `zappa` is all that it needs from here.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  production            = var.environment == "production"
  backup_retention_days = local.production ? 7 : 3
  deletion_protection   = coalesce(var.deletion_protection, local.production)
  skip_final_snapshot   = coalesce(var.aurora_skip_final_snapshot, !local.production)
  auto_pause            = coalesce(var.aurora_auto_pause, !local.production && !var.enable_rds_proxy)
  aurora_instances      = coalesce(var.aurora_instances, local.production ? 2 : 1)
  allow_major_upgrade   = coalesce(var.aurora_allow_major_upgrade, !local.production)

  # The guide calls the second database Aurora DSQL and describes an Aurora cluster with IAM
  # authentication. Both are here; aurora_dsql_engine picks one.
  dsql_enabled       = var.enable_aurora_dsql_cluster && var.aurora_dsql_engine == "dsql"
  aurora_iam_enabled = var.enable_aurora_dsql_cluster && var.aurora_dsql_engine == "aurora-postgresql"
  dsql_name          = "${local.name}-aurora-dsql-cluster"
  dsql_backups       = local.dsql_enabled && coalesce(var.aurora_dsql_backups, local.production)

  uses_serverless = anytrue([
    var.enable_aurora && var.aurora_instance_class == "db.serverless",
    local.aurora_iam_enabled && coalesce(var.aurora_dsql_instance_class, "db.serverless") == "db.serverless",
  ])

  # The clusters before which a proxy stands, by the stage that uses it.
  proxied = { for stage, cluster in merge(
    { for cluster in module.aurora : "regular" => {
      cluster_identifier = cluster.cluster_identifier, security_group_id = cluster.security_group_id, user = coalesce(var.database_iam_user, var.database_user)
    } },
    { for cluster in module.aurora_iam : "dsql" => {
      cluster_identifier = cluster.cluster_identifier, security_group_id = cluster.security_group_id, user = var.iam_database_user
    } },
  ) : stage => cluster if var.enable_rds_proxy }

  stages = toset(concat(
    var.enable_aurora ? ["regular"] : [],
    var.enable_aurora_dsql_cluster && var.enable_python_lambda_dsql ? ["dsql"] : [],
  ))
  function_groups = module.network.function_security_group_ids

  # Only the second Aurora cluster can be public: the guide has no such switch for the regular one, and
  # the public name of a DSQL cluster needs no subnet of ours.
  dsql_is_public = local.aurora_iam_enabled && var.aurora_dsql_publicly_accessible

  # Every zone of an endpoint is billed by the hour, and one serves the whole VPC: only production pays
  # for surviving the loss of a zone.
  endpoint_zone_count = local.production ? length(module.network.availability_zones) : 1

  # The set has zones of both regions.
  service_zones = [for zone in var.aurora_dsql_endpoint_zones : zone if can(regex("^${var.aws_region}[a-z]$", zone))]

  # A list must begin with the zones that have a subnet already, or those subnets are replaced.
  endpoint_zone_advice = length(local.service_zones) > 0 ? "Change aurora_dsql_endpoint_zones." : (
    length(var.availability_zones) > 0
    ? "Append zones of the former to availability_zones; whatever is in the other subnets stays."
    : "Set availability_zones to ${jsonencode(module.network.private_zones)} with zones of the former appended; whatever is in those subnets stays."
  )
}

module "network" {
  source = "./modules/network"

  name                        = local.name
  cidr_block                  = var.vpc_cidr_block
  availability_zones          = var.availability_zones
  stages                      = ["regular", "dsql"] # also of a stage that is switched off: its function may still hold the group
  create_spare_subnets        = local.dsql_enabled
  create_database_subnets     = local.aurora_iam_enabled
  route_databases_to_internet = local.dsql_is_public
}

module "aurora" {
  source = "./modules/aurora"
  count  = var.enable_aurora ? 1 : 0

  identifier     = "${local.name}-aurora-cluster"
  engine_version = var.aurora_engine_version
  instance_class = var.aurora_instance_class
  instances      = local.aurora_instances
  auto_pause     = local.auto_pause
  max_capacity   = var.aurora_max_capacity

  database_name           = var.database_name
  master_username         = var.database_user
  master_password         = var.database_password
  master_password_version = var.database_password_version
  manage_master_password  = var.manage_master_passwords
  iam_authentication      = var.database_iam_user != null && !var.enable_rds_proxy

  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  availability_zones        = module.network.availability_zones
  client_security_group_ids = { for stage, id in local.function_groups : stage => id if stage == "regular" && !var.enable_rds_proxy }
  allowed_cidr_blocks       = var.allowed_cidr_blocks

  kms_key_arn            = var.kms_key_arn
  backup_retention_days  = local.backup_retention_days
  keep_automated_backups = local.production
  log_retention_days     = var.log_retention_days
  deletion_protection    = local.deletion_protection
  skip_final_snapshot    = local.skip_final_snapshot
  apply_immediately      = !local.production
  allow_major_upgrade    = local.allow_major_upgrade
}

module "aurora_iam" {
  source = "./modules/aurora"
  count  = local.aurora_iam_enabled ? 1 : 0

  identifier     = local.dsql_name
  engine_version = coalesce(var.aurora_dsql_engine_version, "15.14")
  instance_class = coalesce(var.aurora_dsql_instance_class, "db.serverless")
  instances      = local.aurora_instances
  auto_pause     = local.auto_pause
  max_capacity   = var.aurora_max_capacity

  database_name           = var.aurora_dsql_database_name
  master_username         = coalesce(var.aurora_dsql_database_user, "postgres")
  master_password         = var.aurora_dsql_database_password
  master_password_version = var.database_password_version
  manage_master_password  = var.manage_master_passwords
  iam_authentication      = true

  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.database_subnet_ids
  availability_zones        = module.network.availability_zones
  publicly_accessible       = local.dsql_is_public
  client_security_group_ids = { for stage, id in local.function_groups : stage => id if stage == "dsql" && !var.enable_rds_proxy }
  allowed_cidr_blocks       = var.allowed_cidr_blocks

  kms_key_arn            = var.kms_key_arn
  backup_retention_days  = local.backup_retention_days
  keep_automated_backups = local.production
  log_retention_days     = var.log_retention_days
  deletion_protection    = local.deletion_protection
  skip_final_snapshot    = local.skip_final_snapshot
  apply_immediately      = !local.production
  allow_major_upgrade    = local.allow_major_upgrade
}

module "proxy" {
  source   = "./modules/proxy"
  for_each = local.proxied

  name                       = "${local.name}-${each.key}-proxy"
  role_name                  = "${local.name}-${each.key}-proxy-${local.region_code}"
  aws_region                 = var.aws_region
  vpc_id                     = module.network.vpc_id
  subnet_ids                 = module.network.private_subnet_ids
  client_security_group_ids  = { for stage, id in local.function_groups : stage => id if stage == each.key }
  database_security_group_id = each.value.security_group_id
  cluster_identifier         = each.value.cluster_identifier
  database_user              = each.value.user
  kms_key_arn                = var.kms_key_arn
}

module "dsql" {
  source = "./modules/dsql"
  count  = local.dsql_enabled ? 1 : 0

  name                      = local.dsql_name
  aws_region                = var.aws_region
  vpc_id                    = module.network.vpc_id
  subnets                   = module.network.endpoint_subnets
  service_zones             = local.service_zones
  zone_count                = local.endpoint_zone_count
  zone_advice               = local.endpoint_zone_advice
  client_security_group_ids = { for stage, id in local.function_groups : stage => id if stage == "dsql" }
  allowed_cidr_blocks       = var.allowed_cidr_blocks
  deletion_protection       = local.deletion_protection
  kms_key_arn               = var.kms_key_arn
  administrator_arns        = var.aurora_dsql_administrator_arns
  witness_region            = var.aurora_dsql_witness_region
  # Not `module.dsql_peer[*]`, which would wait for that module's link, as it waits for this one's.
  peer_arn = local.peered ? module.dsql_peer[0].arn : null
}

module "dsql_backup" {
  source = "./modules/backup"
  count  = local.dsql_backups ? 1 : 0

  name           = "${local.name}-dsql"
  aws_region     = var.aws_region
  resource_arn   = one(module.dsql[*].arn)
  retention_days = local.backup_retention_days
  kms_key_arn    = var.kms_key_arn
}

module "alarms" {
  source = "./modules/alarms"
  count  = var.enable_alarms ? 1 : 0

  name       = local.name
  aws_region = var.aws_region
  functions  = { for stage in local.stages : stage => local.function_names[stage] }
  clusters = merge(
    { for cluster in module.aurora : "regular" => {
      identifier = cluster.cluster_identifier, connections = cluster.connections, is_serverless = cluster.is_serverless
    } },
    { for cluster in module.aurora_iam : "dsql" => {
      identifier = cluster.cluster_identifier, connections = cluster.connections, is_serverless = cluster.is_serverless
    } },
  )
  dsql_clusters = { for cluster in module.dsql : "dsql" => cluster.identifier }
  dpu_per_hour  = var.alarm_dpu_per_hour
  topic_arns    = var.alarm_topic_arns
}

# Output zappa refuses to change it unasked.
module "dsql_engine" {
  source = "./modules/remembered"
  count  = var.enable_aurora_dsql_cluster ? 1 : 0

  value      = local.dsql_kind
  may_change = var.aurora_dsql_replace_engine && !local.peered
}
