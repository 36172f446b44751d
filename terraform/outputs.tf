################################################################################
# Regular Aurora PostgreSQL
################################################################################

output "aurora_endpoint" {
  description = "Host name of the regular cluster; null without enable_aurora."
  value       = one(module.aurora[*].endpoint)
}

output "aurora_port" {
  description = "Port of the regular cluster; null without enable_aurora."
  value       = one(module.aurora[*].port)
}

output "aurora_cluster_resource_id" {
  description = "Cluster resource id of the regular cluster; null without enable_aurora."
  value       = one(module.aurora[*].cluster_resource_id)
}

output "aurora_master_user_secret_arn" {
  description = "Secret that holds the regular cluster's password; null unless manage_master_passwords is set."
  value       = one(module.aurora[*].master_user_secret_arn)
}

output "rds_proxy_secret_arns" {
  description = "By stage, the secret that `manage.py create_db_user --secret-id` writes the user's password into; {} without enable_rds_proxy."
  value       = { for stage, proxy in module.proxy : stage => proxy.secret_arn }
}

################################################################################
# Aurora DSQL, or the second Aurora cluster in its place
################################################################################

output "aurora_dsql_endpoint" {
  description = "Name of the VPC endpoint (vpce-...), or of the Aurora cluster. With DSQL, connect to aurora_dsql_host: TLS and tokens are bound to that name."
  value       = one(concat(module.dsql[*].endpoint, module.aurora_iam[*].endpoint))
}

output "aurora_dsql_endpoint_zones" {
  description = "Zones of the DSQL endpoint, in both regions where there are two; [] on Aurora. As aurora_dsql_endpoint_zones they keep it there."
  value       = flatten(concat(module.dsql[*].endpoint_zones, module.dsql_peer[*].endpoint_zones))
}

output "aurora_dsql_host" {
  description = "Host name to connect to, from inside the VPC unless the cluster is public."
  value       = one(concat(module.dsql[*].host, module.aurora_iam[*].endpoint))
}

output "aurora_dsql_public_host" {
  description = "Host name of the DSQL cluster from outside the VPC, where the administrator runs create_db_user; null on Aurora."
  value       = one(module.dsql[*].public_host)
}

output "aurora_dsql_cluster_resource_id" {
  description = "What the IAM permission names: the identifier of a DSQL cluster, the resource id (cluster-...) of an Aurora cluster."
  value       = var.enable_aurora_dsql_cluster ? local.dsql_resource_id : null
}

output "aurora_dsql_port" {
  description = "Port of the second database; null without enable_aurora_dsql_cluster."
  value       = one(concat(module.dsql[*].port, module.aurora_iam[*].port))
}

output "aurora_dsql_backup_vault" {
  description = "Vault of AWS Backup that holds the backups of the DSQL cluster; null without them."
  value       = one(module.dsql_backup[*].vault_name)
}

output "aurora_dsql_vpc_policy" {
  description = "Resource policy that closes the public name of the DSQL cluster, for `aws dsql put-cluster-policy`; null on Aurora."
  value       = one(module.dsql[*].vpc_policy)
}

output "aurora_dsql_master_user_secret_arn" {
  description = "Secret that holds the second Aurora cluster's password; null unless manage_master_passwords is set. DSQL has no passwords."
  value       = one(module.aurora_iam[*].master_user_secret_arn)
}

output "alarm_names" {
  description = "Names of the alarms, which docs/operations.md explains; [] without enable_alarms."
  value       = flatten(module.alarms[*].alarm_names)
}

output "private_zones" {
  description = "All zones with a private subnet, in their order. The first list in availability_zones begins with them, or subnets are replaced."
  value       = module.network.private_zones
}

################################################################################
# For the deployment
################################################################################

output "zappa" {
  description = <<-EOT
    Settings of the enabled Zappa stages: `regular` and `dsql` of the default environment, `regular_NAME` and
    `dsql_NAME` of the environment NAME; with aurora_dsql_peer_region also `dsql_peer` or `dsql_peer_NAME`, the
    function in the second region. Each is an object:
      environment                environment_name, or "default"
      account_id                 account of the database, where the function must be deployed
      aws_region                 region of the database, likewise
      function_name              of the function that Zappa makes
      role_name                  of its execution role, which Zappa makes; outside us-east-1 it ends in the region's code
      vpc_config                 { SubnetIds = [...], SecurityGroupIds = [...] }, as Zappa's setting of that name
      aws_environment_variables  { DATABASE_URL = "..." }, as Zappa's setting of that name; never a password:
                                 regular      postgresql://USER@HOST:5432/DATABASE (the password joins at deploy time)
                                 regular with database_iam_user  rds-iam://USER@HOST:5432/DATABASE
                                 dsql         dsql://USER@HOST:5432/postgres?schema=SCHEMA
                                 dsql on Aurora  rds-iam://USER@HOST:5432/DATABASE
      permissions                IAM statements for the function's role (Zappa's extra_permissions); [] for regular with a password
      lambda_concurrency         containers that the database bears, or null for no bound
      throttling                 { rate, burst } of the gateway's stage, or null for the account's own
  EOT
  value       = local.zappa

  precondition {
    # Not `&&`, which would leave it to the apply where the other side is not known yet.
    condition     = !anytrue(concat([module.dsql_regions.changes_unasked], local.peered ? module.dsql_engine[*].changes_unasked : []))
    error_message = "The second database cannot become another (${local.peered ? local.dsql_kind : "in one region"}): AWS sets the regions of a cluster when it makes it, and Terraform would lose sight of a region that is no longer named. Set aurora_dsql_peer_region and aurora_dsql_witness_region as they were, move the data and destroy the database first: docs/two-regions.md has the steps."
  }

  precondition {
    # One message is enough where the regions change with the engine.
    condition     = local.peered || module.dsql_regions.changes_unasked ? true : !anytrue(module.dsql_engine[*].changes_unasked)
    error_message = "aurora_dsql_engine = \"${var.aurora_dsql_engine}\" destroys the second database as it is (${coalesce(one(module.dsql_engine[*].before), "none")}), with all data in it. Move the data first (docs/upgrade.md) or give it up, and set aurora_dsql_replace_engine = true for this apply."
  }
}
