# One row for each stage's function, and one for each database.

locals {
  functions_shown = [for stage, function in var.functions : [
    { title = "${stage}: requests, errors, refused", stat = "Sum", metrics = [
      ["AWS/Lambda", "Invocations", "FunctionName", function], ["AWS/Lambda", "Errors", "FunctionName", function],
      ["AWS/Lambda", "Throttles", "FunctionName", function], [local.own_namespace, "5xx-${stage}"],
    ] },
    { title = "${stage}: containers at once", stat = "Maximum", metrics = [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", function]] },
    { title = "${stage}: milliseconds, p99", stat = "p99", metrics = [["AWS/Lambda", "Duration", "FunctionName", function]] },
  ]]
  clusters_shown = [for stage, cluster in var.clusters : [
    { title = "${stage}: connections", stat = "Maximum", metrics = [["AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", cluster.identifier]] },
    { title = "${stage}: capacity units", stat = "Average", metrics = [["AWS/RDS", "ServerlessDatabaseCapacity", "DBClusterIdentifier", cluster.identifier]] },
    { title = "${stage}: processor, %", stat = "Average", metrics = [["AWS/RDS", "CPUUtilization", "DBClusterIdentifier", cluster.identifier]] },
  ]]
  dsql_shown = [for stage, identifier in var.dsql_clusters : [
    { title = "${stage}: DPU", stat = "Sum", metrics = [["AWS/AuroraDSQL", "TotalDPU", "ClusterId", identifier]] },
    { title = "${stage}: transactions and conflicts", stat = "Sum", metrics = [
      ["AWS/AuroraDSQL", "TotalTransactions", "ClusterId", identifier], ["AWS/AuroraDSQL", "OccConflicts", "ClusterId", identifier],
    ] },
    { title = "${stage}: bytes stored", stat = "Maximum", metrics = [["AWS/AuroraDSQL", "ClusterStorageSize", "ClusterId", identifier]] },
  ]]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [for index, shown in flatten([local.functions_shown, local.clusters_shown, local.dsql_shown]) : {
      type   = "metric"
      x      = 8 * (index % 3)
      y      = 6 * floor(index / 3)
      width  = 8
      height = 6
      properties = {
        title   = shown.title
        region  = var.aws_region
        stat    = shown.stat
        period  = 300
        metrics = shown.metrics
      }
    }]
  })
}
