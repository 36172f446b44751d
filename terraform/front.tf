# One name for both regions of Aurora DSQL, made after the first deploy: the APIs are Zappa's, and a
# record that chooses between two of them is neither's.

locals {
  fronted = local.peered && var.dsql_domain != null
}

module "front" {
  source = "./modules/front"
  count  = local.fronted ? 1 : 0

  domain_name            = var.dsql_domain.name
  hosted_zone_id         = var.dsql_domain.hosted_zone_id
  validation_record_fqdn = aws_route53_record.validation[0].fqdn
  aws_region             = var.aws_region
  api_id                 = var.dsql_domain.api_ids[0]
  api_stage              = local.stage_names["dsql"]
}

module "front_peer" {
  source    = "./modules/front"
  count     = local.fronted ? 1 : 0
  providers = { aws = aws.peer }

  domain_name            = var.dsql_domain.name
  hosted_zone_id         = var.dsql_domain.hosted_zone_id
  validation_record_fqdn = aws_route53_record.validation[0].fqdn
  aws_region             = var.aurora_dsql_peer_region
  api_id                 = var.dsql_domain.api_ids[1]
  api_stage              = local.peer_stage
}

# ACM asks for the same record in every region of an account.
# https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
resource "aws_route53_record" "validation" {
  count = local.fronted ? 1 : 0

  zone_id = var.dsql_domain.hosted_zone_id
  name    = module.front[0].validation.name
  type    = module.front[0].validation.type
  records = [module.front[0].validation.value]
  ttl     = 300

  # Every certificate of a name in an account has the same record, so that of an earlier one may be there.
  allow_overwrite = true
}
