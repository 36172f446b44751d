output "host" {
  description = "Host name of the cluster inside the VPC: <identifier>.<service id>.<region>.on.aws."
  value       = "${aws_dsql_cluster.this.identifier}.${local.service_id}.${var.aws_region}.on.aws"
  # It resolves through the endpoint's private DNS.
  depends_on = [aws_vpc_endpoint.this]
}

output "public_host" {
  description = "Host name of the cluster outside the VPC: <identifier>.dsql.<region>.on.aws. IAM guards it, and vpc_policy can close it."
  value       = "${aws_dsql_cluster.this.identifier}.dsql.${var.aws_region}.on.aws"
}

output "endpoint" {
  description = "The endpoint's own name (vpce-...). The one without a zone, which covers all of them."
  # Private DNS adds names of its own to the list. The first vpce- entry is the regional one; those of
  # the zones come after it and are longer.
  value = [for entry in aws_vpc_endpoint.this.dns_entry : entry.dns_name if startswith(entry.dns_name, "vpce-")][0]
}

output "endpoint_zones" {
  description = "Zones that the endpoint is in."
  value       = [for subnet in var.subnets : subnet.zone if contains(aws_vpc_endpoint.this.subnet_ids, subnet.id)]
}

output "identifier" {
  description = "Identifier of the cluster, 26 characters."
  value       = aws_dsql_cluster.this.identifier
}

output "arn" {
  description = "ARN of the cluster, which dsql:DbConnect is granted on."
  value       = aws_dsql_cluster.this.arn
}

output "port" {
  description = "Port of the cluster; DSQL listens on no other."
  value       = 5432
}

output "vpc_policy" {
  description = "Resource policy, as JSON: who is not an administrator connects from the VPC or not at all."
  # https://docs.aws.amazon.com/aurora-dsql/latest/userguide/rbp-examples.html
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyFromTheVpc"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = ["dsql:DbConnect", "dsql:DbConnectAdmin"]
      Resource  = "*"
      Condition = merge(
        { StringNotEquals = { "aws:SourceVpc" = var.vpc_id } },
        length(var.administrator_arns) == 0 ? {} : { ArnNotLike = { "aws:PrincipalArn" = sort(var.administrator_arns) } },
      )
    }]
  })
}
