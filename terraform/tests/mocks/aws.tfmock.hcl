# What AWS would answer, in the shapes that the modules take apart.

mock_data "aws_availability_zones" {
  defaults = {
    names = ["us-east-1a", "us-east-1b", "us-east-1c"]
  }
}

# Not every zone of the region, and not in order.
mock_data "aws_vpc_endpoint_service" {
  defaults = {
    availability_zones = ["us-east-1d", "us-east-1c", "us-east-1b"]
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_iam_policy_document" {
  defaults = {
    json = "{}"
  }
}

mock_resource "aws_dsql_cluster" {
  defaults = {
    identifier                = "vftmkydwxvxys6asbsc6ih2the"
    arn                       = "arn:aws:dsql:us-east-1:123456789012:cluster/vftmkydwxvxys6asbsc6ih2the"
    vpc_endpoint_service_name = "com.amazonaws.us-east-1.dsql-fnh4"
  }
}

mock_resource "aws_vpc_endpoint" {
  defaults = {
    dns_entry = [
      { dns_name = "*.dsql-fnh4.us-east-1.on.aws", hosted_zone_id = "Z1" },
      { dns_name = "vpce-07acca8bd8980c621-nruuwp08.dsql-fnh4.us-east-1.vpce.amazonaws.com", hosted_zone_id = "Z2" },
      { dns_name = "vpce-07acca8bd8980c621-nruuwp08-us-east-1a.dsql-fnh4.us-east-1.vpce.amazonaws.com", hosted_zone_id = "Z2" },
    ]
  }
}

mock_resource "aws_db_proxy" {
  defaults = {
    arn      = "arn:aws:rds:us-east-1:123456789012:db-proxy:prx-0123456789abcdef0"
    endpoint = "producer-api.proxy-c9akciq32rgw.us-east-1.rds.amazonaws.com"
  }
}

# A random name might begin with a digit, which its target then refuses.
mock_resource "aws_db_proxy_default_target_group" {
  defaults = {
    name = "default"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/made-here"
  }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:made-here-AbCdEf"
  }
}

mock_resource "aws_rds_cluster_instance" {
  defaults = {
    availability_zone = "us-east-1a"
  }
}

mock_resource "aws_rds_cluster" {
  defaults = {
    endpoint            = "producer-api.cluster-c9akciq32rgw.us-east-1.rds.amazonaws.com"
    port                = 5432
    cluster_resource_id = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    master_user_secret = [
      { kms_key_id = "alias/aws/secretsmanager", secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1", secret_status = "active" },
    ]
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    domain_validation_options = [{
      domain_name           = "cars.example.com"
      resource_record_name  = "_3639ac51.cars.example.com."
      resource_record_type  = "CNAME"
      resource_record_value = "_98d26466.acm-validations.aws."
    }]
  }
}
