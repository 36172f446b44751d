# What carsite.zappa_hooks fills into the Zappa settings of each stage.

locals {
  account = data.aws_caller_identity.current.account_id
  prefix  = "arn:${data.aws_partition.current.partition}"

  # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
  database_users = "${local.prefix}:rds-db:${var.aws_region}:${local.account}:dbuser"

  # One of the two kinds of second database, or neither.
  dsql_resource_id = var.aurora_dsql_cluster_resource_id != null ? var.aurora_dsql_cluster_resource_id : one(concat(
    module.dsql[*].identifier, module.aurora_iam[*].cluster_resource_id,
  ))

  database_urls = merge(concat(
    [for cluster in module.aurora : {
      regular = join("", [
        var.database_iam_user == null ? "postgresql://${var.database_user}" : "rds-iam://${var.database_iam_user}",
        "@${var.enable_rds_proxy ? module.proxy["regular"].endpoint : cluster.endpoint}:${cluster.port}/${var.database_name}",
      ])
    }],
    [for cluster in module.aurora_iam : {
      dsql = "rds-iam://${var.iam_database_user}@${var.enable_rds_proxy ? module.proxy["dsql"].endpoint : cluster.endpoint}:${cluster.port}/${var.aurora_dsql_database_name}"
    }],
    # The database of a DSQL cluster is always `postgres`, and only `admin` may use its public schema:
    # the guide's database name becomes the schema of the application's role.
    [for cluster in module.dsql : {
      dsql = "dsql://${var.iam_database_user}@${cluster.host}:${cluster.port}/postgres?schema=${var.aurora_dsql_database_name}"
    }],
  )...)

  # Signing a token is local and needs no permission; connecting with one does.
  permissions = merge(concat(
    [for cluster in module.aurora : { regular = [for user in compact([var.database_iam_user]) : {
      Effect   = "Allow"
      Action   = ["rds-db:connect"]
      Resource = ["${local.database_users}:${var.enable_rds_proxy ? module.proxy["regular"].resource_id : cluster.cluster_resource_id}/${user}"]
    }] }],
    [for cluster in module.aurora_iam : { dsql = [{
      Effect   = "Allow"
      Action   = ["rds-db:connect"]
      Resource = ["${local.database_users}:${var.enable_rds_proxy ? module.proxy["dsql"].resource_id : local.dsql_resource_id}/${var.iam_database_user}"]
    }] }],
    [for cluster in module.dsql : { dsql = [{
      Effect   = "Allow"
      Action   = ["dsql:DbConnect"]
      Resource = ["${local.prefix}:dsql:${var.aws_region}:${local.account}:cluster/${local.dsql_resource_id}"]
    }] }],
  )...)

  # A container keeps a connection for as long as it lives. A fifth of them is left to administrators,
  # migrations and an update, during which old containers and new ones live side by side. Aurora DSQL
  # takes 10,000, more than an account has containers, and a proxy as many as come.
  lambda_concurrency = {
    for stage, bound in merge(
      { regular = null, dsql = null },
      { for cluster in module.aurora : "regular" => floor(cluster.connections * 4 / 5) if !var.enable_rds_proxy },
      { for cluster in module.aurora_iam : "dsql" => floor(cluster.connections * 4 / 5) if !var.enable_rds_proxy },
      var.lambda_concurrency,
    ) : stage => bound == -1 ? null : bound
  }

  zappa = merge(local.zappa_peer, { for stage in local.stages : local.stage_names[stage] => {
    environment   = coalesce(var.environment_name, "default")
    account_id    = local.account
    aws_region    = var.aws_region
    function_name = local.function_names[stage]
    role_name     = local.role_names[stage]
    vpc_config = {
      SubnetIds        = module.network.private_subnet_ids
      SecurityGroupIds = [local.function_groups[stage]]
    }
    aws_environment_variables = { DATABASE_URL = local.database_urls[stage] }
    permissions               = local.permissions[stage]
    lambda_concurrency        = local.lambda_concurrency[stage]
    throttling                = var.api_throttling
  } })
}
