output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Private subnets, in the order of their zones."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "Public subnets, in the order of their zones; empty unless create_public_subnets is set."
  # Not before they have a route: a database that comes first would be public in name only.
  depends_on = [aws_route_table_association.public, aws_route.internet]
  value      = [for zone in keys(local.public_subnets) : aws_subnet.public[zone].id]
}

output "function_security_group_ids" {
  description = "Security group of each stage's function, by stage."
  value       = { for stage, group in aws_security_group.function : stage => group.id }
}
