# The second region's counterparts of aurora_dsql_*, all null without aurora_dsql_peer_region.

output "aurora_dsql_peer_endpoint" {
  description = "Name of the VPC endpoint in the second region (vpce-...)."
  value       = one(module.dsql_peer[*].endpoint)
}

output "aurora_dsql_peer_host" {
  description = "Host name to connect to from inside the second region's VPC."
  value       = one(module.dsql_peer[*].host)
}

output "aurora_dsql_peer_public_host" {
  description = "Host name of the second region's endpoint from outside the VPC."
  value       = one(module.dsql_peer[*].public_host)
}

output "aurora_dsql_peer_cluster_resource_id" {
  description = "Identifier of the cluster in the second region, which the IAM permission there names."
  value       = one(module.dsql_peer[*].identifier)
}

output "aurora_dsql_peer_vpc_policy" {
  description = "Resource policy that closes the second region's public name, for `aws dsql put-cluster-policy` in that region."
  value       = one(module.dsql_peer[*].vpc_policy)
}

output "dsql_url" {
  description = "Address under which clients reach either region; null without dsql_domain."
  value       = local.fronted ? "https://${var.dsql_domain.name}" : null
}
