# Invariants of the proxy module.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

variables {
  name                       = "cars-regular-proxy"
  role_name                  = "cars-regular-proxy-use1"
  aws_region                 = "us-east-1"
  vpc_id                     = "vpc-1"
  subnet_ids                 = ["subnet-1", "subnet-2"]
  client_security_group_ids  = { regular = "sg-function" }
  database_security_group_id = "sg-database"
  cluster_identifier         = "cars"
  database_user              = "lambda_user"
  kms_key_arn                = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

run "safe_as_it_comes" {
  module {
    source = "./modules/proxy"
  }

  assert {
    condition     = aws_db_proxy.this.require_tls && !aws_db_proxy.this.debug_logging && [for auth in aws_db_proxy.this.auth : auth.iam_auth] == ["REQUIRED"]
    error_message = "The proxy lets in who has no token, or plain text, or logs statements."
  }

  assert {
    condition     = [for rule in concat(values(aws_vpc_security_group_ingress_rule.function), [aws_vpc_security_group_ingress_rule.database]) : [rule.referenced_security_group_id, rule.from_port, rule.to_port]] == [["sg-function", 5432, 5432], [aws_security_group.this.id, 5432, 5432]]
    error_message = "More than the function reaches the proxy, or more than the proxy the database."
  }

  assert {
    condition     = [for rule in concat(values(aws_vpc_security_group_egress_rule.function), [aws_vpc_security_group_egress_rule.database]) : rule.referenced_security_group_id] == [aws_security_group.this.id, "sg-database"]
    error_message = "The function or the proxy reaches something else."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : [statement.Action, statement.Resource]] == [["secretsmanager:GetSecretValue", aws_secretsmanager_secret.user.arn], ["kms:Decrypt", var.kms_key_arn]]
    error_message = "The proxy may ${aws_iam_role_policy.this.policy}"
  }

  assert {
    condition     = aws_db_proxy_default_target_group.this.connection_pool_config[0].connection_borrow_timeout < 27
    error_message = "A client waits for longer than API Gateway does."
  }
}
