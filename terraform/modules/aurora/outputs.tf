output "endpoint" {
  description = "Host name of the writer."
  value       = aws_rds_cluster.this.endpoint
  # Nobody can connect before the instance exists.
  depends_on = [aws_rds_cluster_instance.this]
}

output "port" {
  description = "Port of the cluster."
  value       = aws_rds_cluster.this.port
}

output "cluster_identifier" {
  description = "Cluster identifier, as in the RDS console."
  value       = aws_rds_cluster.this.cluster_identifier
  # A proxy needs an instance behind it.
  depends_on = [aws_rds_cluster_instance.this]
}

output "security_group_id" {
  description = "Security group of the cluster."
  value       = aws_security_group.database.id
}

output "cluster_resource_id" {
  description = "Cluster resource id (cluster-...), which IAM permissions name."
  value       = aws_rds_cluster.this.cluster_resource_id
}

output "master_user_secret_arn" {
  description = "ARN of the secret that holds the password; null unless manage_master_password is set."
  value       = try(aws_rds_cluster.this.master_user_secret[0].secret_arn, null)
}

output "is_serverless" {
  description = "Whether the instances are of db.serverless."
  value       = local.is_serverless
}

output "connections" {
  description = "Connections that the writer takes at its largest, about: SHOW max_connections has the true figure."
  value       = local.connections
}
