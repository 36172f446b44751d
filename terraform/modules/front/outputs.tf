output "validation" {
  description = "The record by which ACM is told whose the name is: name, type and value."
  value = one([for option in aws_acm_certificate.this.domain_validation_options : {
    name = option.resource_record_name, type = option.resource_record_type, value = option.resource_record_value
  }])
}

output "health_check_id" {
  description = "Identifier of the region's health check, for alarms of your own."
  value       = aws_route53_health_check.this.id
}
