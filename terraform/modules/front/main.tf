# One region's share of a name that all regions answer: a certificate, the API under that name, and a
# latency record that a health check takes out of use while the region has no database.

locals {
  # The gateway's own name, which leads to this region whatever the record says.
  api_host = "${var.api_id}.execute-api.${var.aws_region}.amazonaws.com"
}

resource "aws_acm_certificate" "this" {
  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    # The domain name uses the old one until there is a new one.
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [var.validation_record_fqdn]
}

# Version 2 of the resource maps REST APIs and HTTP APIs alike.
resource "aws_apigatewayv2_domain_name" "this" {
  domain_name = var.domain_name

  domain_name_configuration {
    certificate_arn = aws_acm_certificate_validation.this.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "this" {
  api_id      = var.api_id
  stage       = var.api_stage
  domain_name = aws_apigatewayv2_domain_name.this.id
}

resource "aws_route53_health_check" "this" {
  type              = "HTTPS"
  fqdn              = local.api_host
  port              = 443
  resource_path     = "/${var.api_stage}/health"
  request_interval  = var.health_check_seconds
  failure_threshold = 3
  # The fewest that Route 53 takes: each check is a request to the function, and billed as one.
  regions = ["us-east-1", "us-west-2", "eu-west-1"]

  tags = { Name = "${var.domain_name} ${var.aws_region}" }
}

resource "aws_route53_record" "this" {
  zone_id         = var.hosted_zone_id
  name            = var.domain_name
  type            = "A"
  set_identifier  = var.aws_region
  health_check_id = aws_route53_health_check.this.id

  latency_routing_policy {
    region = var.aws_region
  }

  alias {
    name                   = aws_apigatewayv2_domain_name.this.domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.this.domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}
