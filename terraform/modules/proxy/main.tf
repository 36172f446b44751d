# One RDS Proxy before an Aurora cluster: many functions share few connections. Functions prove with an
# IAM token who they are, the proxy does so with a password that it reads from Secrets Manager.

resource "aws_secretsmanager_secret" "user" {
  #checkov:skip=CKV_AWS_149:Encrypted by AWS's key unless kms_key_arn names another; a customer managed one is billed monthly.
  #checkov:skip=CKV2_AWS_57:`manage.py create_db_user --secret-id` makes a new password whenever it is run, and nobody has to know it.
  name        = "${var.name}/${var.database_user}"
  description = "Name and password of ${var.database_user}, for the proxy ${var.name}. Written by create_db_user."
  kms_key_id  = var.kms_key_arn

  # Another password is made in a moment, and a secret that waits for its end keeps its name.
  recovery_window_in_days = 0
}

resource "aws_db_proxy" "this" {
  name                   = var.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.this.arn
  vpc_subnet_ids         = var.subnet_ids
  vpc_security_group_ids = [aws_security_group.this.id]
  require_tls            = true
  debug_logging          = false # it would log statements, and the data in them

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_secretsmanager_secret.user.arn
  }

  # AWS looks whether the role may read the secret.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_db_proxy_default_target_group" "this" {
  db_proxy_name = aws_db_proxy.this.name

  connection_pool_config {
    # The rest is for administrators and migrations, which go to the cluster itself.
    max_connections_percent = 80
    # A client that waits for a connection gets an answer before API Gateway gives up.
    connection_borrow_timeout = 10
    # The proxy takes no options from clients (carsite/settings/database.py), and a SET of theirs would
    # keep a connection for them alone.
    init_query = "SET statement_timeout = '25s'; SET lock_timeout = '10s'"
  }
}

resource "aws_db_proxy_target" "this" {
  db_proxy_name         = aws_db_proxy.this.name
  target_group_name     = aws_db_proxy_default_target_group.this.name
  db_cluster_identifier = var.cluster_identifier
}

################################################################################
# What the proxy may read
################################################################################

resource "aws_iam_role" "this" {
  name = var.role_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "secret"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_secretsmanager_secret.user.arn
      }],
      var.kms_key_arn == null ? [] : [{
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.aws_region}.amazonaws.com" } }
      }],
    )
  })
}
