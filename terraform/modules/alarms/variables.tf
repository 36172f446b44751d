variable "name" {
  description = "Prefix of every alarm, and name of the dashboard."
  type        = string
}

variable "aws_region" {
  description = "Region of what is watched."
  type        = string
}

variable "functions" {
  description = "Functions, by stage. Each must have been deployed once, because its log group must exist."
  type        = map(string)
}

variable "clusters" {
  description = "Aurora clusters, by the stage that uses them."
  type        = map(object({ identifier = string, connections = number, is_serverless = bool }))
}

variable "dsql_clusters" {
  description = "Identifiers of Aurora DSQL clusters, by the stage that uses them."
  type        = map(string)
}

variable "dpu_per_hour" {
  description = "DPU that Aurora DSQL may bill in an hour before there is an alarm."
  type        = number
}

variable "topic_arns" {
  description = "SNS topics that are told when an alarm begins and ends."
  type        = list(string)
}
