output "endpoint" {
  description = "Host name of the proxy, which listens on port 5432."
  value       = aws_db_proxy.this.endpoint
  # Nobody gets a connection before there is a database behind it.
  depends_on = [aws_db_proxy_target.this]
}

output "resource_id" {
  description = "Id of the proxy (prx-...), which IAM permissions name."
  value       = reverse(split(":", aws_db_proxy.this.arn))[0]
}

output "secret_arn" {
  description = "Secret for the database user's name and password; empty until create_db_user writes it."
  value       = aws_secretsmanager_secret.user.arn
}
