# What the alarms look at: a wrong name of a metric would never raise one.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "peer"
  source = "./tests/mocks"
}

run "every_alarm_reads_a_metric_that_exists" {
  command = plan

  module {
    source = "./modules/alarms"
  }

  variables {
    name          = "cars"
    aws_region    = "us-east-1"
    functions     = { regular = "cars-regular" }
    clusters      = { regular = { identifier = "cars-aurora", connections = 400, is_serverless = true }, dsql = { identifier = "cars-second", connections = 1669, is_serverless = false } }
    dsql_clusters = { dsql = "vftmkydwxvxys6asbsc6ih2the" }
    dpu_per_hour  = 5000
    topic_arns    = ["arn:aws:sns:us-east-1:123456789012:operations"]
  }

  assert {
    condition = jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.this : name => [alarm.namespace, alarm.metric_name, one(values(coalesce(alarm.dimensions, {}))), alarm.threshold] }) == jsonencode({
      "regular-5xx"         = ["Carsite/cars", "5xx-regular", null, 5]
      "regular-errors"      = ["AWS/Lambda", "Errors", "cars-regular", 0]
      "regular-throttles"   = ["AWS/Lambda", "Throttles", "cars-regular", 0]
      "regular-connections" = ["AWS/RDS", "DatabaseConnections", "cars-aurora", 360]
      "regular-capacity"    = ["AWS/RDS", "ACUUtilization", "cars-aurora", 90]
      "dsql-connections"    = ["AWS/RDS", "DatabaseConnections", "cars-second", 1502]
      "dsql-capacity"       = ["AWS/RDS", "CPUUtilization", "cars-second", 90]
      "dsql-dpu"            = ["AWS/AuroraDSQL", "TotalDPU", "vftmkydwxvxys6asbsc6ih2the", 5000]
    })
    error_message = "The alarms are ${jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.dimensions })}"
  }

  assert {
    condition     = [for filter in aws_cloudwatch_log_metric_filter.errors : [filter.log_group_name, filter.pattern, filter.metric_transformation[0].namespace, filter.metric_transformation[0].name]] == [["/aws/lambda/cars-regular", "{ $.logger = \"carsite.request\" && $.status >= 500 }", "Carsite/cars", "5xx-regular"]]
    error_message = "The filter is ${jsonencode(aws_cloudwatch_log_metric_filter.errors)}"
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.conflicts)) : tolist(alarm.alarm_actions) == tolist(var.topic_arns)])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 12
    error_message = "The dashboard lacks a function or a database."
  }
}
