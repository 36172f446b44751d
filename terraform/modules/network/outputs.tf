output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "availability_zones" {
  description = "Zones of the functions and the databases, in their order."
  value       = local.zones
}

output "private_zones" {
  description = "All zones with a private subnet, in the order of the subnets' ranges. Each keeps its subnet where availability_zones begins with them."
  value       = local.private_zones
}

output "private_subnet_ids" {
  description = "Private subnets of the functions and the databases, in the order of their zones."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "endpoint_subnets" {
  description = "Private subnets that an endpoint may be in, with their zones: those of the functions first."
  value       = [for zone in local.private_zones : { zone = zone, id = aws_subnet.private[zone].id }]
}

output "database_subnet_ids" {
  description = "Subnets of the databases, in the order of their zones; empty unless create_database_subnets is set."
  # Not before they have their route: a public database that comes first would be public in name only.
  depends_on = [aws_route_table_association.database, aws_route.internet]
  value      = [for zone in local.zones : aws_subnet.database[zone].id if var.create_database_subnets]
}

output "internet_gateway_id" {
  description = "The gateway that the databases' route may lead to; null unless create_database_subnets is set."
  value       = one(aws_internet_gateway.this[*].id)
}

output "function_security_group_ids" {
  description = "Security group of each stage's function, by stage."
  value       = { for stage, group in aws_security_group.function : stage => group.id }
}
