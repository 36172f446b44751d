# What can go wrong in production, as alarms, and the same figures on one dashboard.
# docs/operations.md says what each alarm means and what to do.

locals {
  # Fields that all of them have, so that Terraform takes them for one type.
  functions = merge(
    { for stage, function in var.functions : "${stage}-5xx" => {
      namespace = local.own_namespace, metric = "5xx-${stage}", dimensions = {}, statistic = "Sum"
      period    = 300, periods = 1, threshold = 5
      meaning   = "More than 5 answers from 500 on within 5 minutes."
    } },
    { for stage, function in var.functions : "${stage}-errors" => {
      namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = function }, statistic = "Sum"
      period    = 300, periods = 1, threshold = 0
      meaning   = "The function ended without an answer: it failed to start, ran out of time or memory, or broke."
    } },
    { for stage, function in var.functions : "${stage}-throttles" => {
      namespace = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = function }, statistic = "Sum"
      period    = 60, periods = 1, threshold = 0
      meaning   = "Lambda refused requests: more of them at once than containers."
    } },
  )
  clusters = merge(
    { for stage, cluster in var.clusters : "${stage}-connections" => {
      namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = { DBClusterIdentifier = cluster.identifier }, statistic = "Maximum"
      period    = 60, periods = 3, threshold = floor(cluster.connections * 0.9)
      meaning   = "Nine tenths of the connections that the cluster takes are in use."
    } },
    { for stage, cluster in var.clusters : "${stage}-capacity" => {
      namespace  = "AWS/RDS", metric = cluster.is_serverless ? "ACUUtilization" : "CPUUtilization"
      dimensions = { DBClusterIdentifier = cluster.identifier }, statistic = "Average"
      period     = 300, periods = 3, threshold = 90
      meaning    = "The cluster is at nine tenths of what it can do, for 15 minutes."
    } },
  )
  dsql = { for stage, identifier in var.dsql_clusters : "${stage}-dpu" => {
    namespace = "AWS/AuroraDSQL", metric = "TotalDPU", dimensions = { ClusterId = identifier }, statistic = "Sum"
    period    = 3600, periods = 1, threshold = var.dpu_per_hour
    meaning   = "Aurora DSQL bills more DPU in an hour than expected."
  } }
  alarms = merge(local.functions, local.clusters, local.dsql)

  own_namespace = "Carsite/${var.name}"
}

# Our request log is JSON, one line for each answer (docs/operations.md).
resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each = var.functions

  name           = "${var.name}-${each.key}-5xx"
  log_group_name = "/aws/lambda/${each.value}"
  pattern        = "{ $.logger = \"carsite.request\" && $.status >= 500 }"

  metric_transformation {
    namespace = local.own_namespace
    name      = "5xx-${each.key}"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.meaning
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  # Nobody calls, or the cluster pauses.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.topic_arns
  ok_actions         = var.topic_arns
}

# A share, because busy tables have some conflicts, and each is retried.
resource "aws_cloudwatch_metric_alarm" "conflicts" {
  for_each = var.dsql_clusters

  alarm_name          = "${var.name}-${each.key}-conflicts"
  alarm_description   = "More than 5 % of the transactions meet a conflict, for 15 minutes."
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns

  metric_query {
    id          = "share"
    expression  = "100 * conflicts / all"
    label       = "transactions with a conflict, %"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { conflicts = "OccConflicts", all = "TotalTransactions" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/AuroraDSQL"
        metric_name = metric_query.value
        dimensions  = { ClusterId = each.value }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}
