# What tells one environment from another in the same account, and what Zappa calls its functions.

variable "environment_name" {
  description = "Name of this environment beside others in the account: part of every name, and of the Zappa stages (dsql_NAME, regular_NAME). Empty is the default environment, whose stages are dsql and regular."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.environment_name == "" || can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment_name))
    error_message = "environment_name is \"${var.environment_name}\": use lower-case letters, digits and single hyphens, a letter first, such as staging. Leave it empty for the default environment."
  }

  validation {
    # dsql_peer is the stage of the second region.
    condition     = !can(regex("^peer(-|$)", var.environment_name))
    error_message = "environment_name is \"${var.environment_name}\", which is how the stage of a second region is called: take another name."
  }

  validation {
    # A cluster's name has up to 63 characters, of which the longest suffix takes 20.
    condition     = length("${var.project_name}-${var.environment_name}") <= 41
    error_message = "environment_name is \"${var.environment_name}\" and project_name \"${var.project_name}\": together they may have 40 characters."
  }

  validation {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; a region's code takes up to six.
    condition     = var.environment_name == "" || length("${var.zappa_project_name}-regular-${var.environment_name}-execution") <= (var.aws_region == "us-east-1" ? 64 : 58)
    error_message = "environment_name is \"${var.environment_name}\", with which the name of the role would be longer than the 64 characters that IAM takes. Choose a shorter one."
  }
}

variable "zappa_project_name" {
  description = "The same as project_name in zappa_settings.json: the functions' names begin with it."
  type        = string
  default     = "producer-api-python-rest-lambda"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", var.zappa_project_name))
    error_message = "zappa_project_name is \"${var.zappa_project_name}\": use project_name of zappa_settings.json, such as producer-api-python-rest-lambda."
  }
}

variable "lambda_concurrency" {
  description = "Containers of a stage (regular, dsql) at most, in place of four fifths of its database's connections; -1 for no bound."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for stage, bound in var.lambda_concurrency : contains(["regular", "dsql"], stage) && (bound == -1 || bound >= 1) && floor(bound) == bound])
    error_message = "lambda_concurrency is ${jsonencode(var.lambda_concurrency)}: name regular or dsql, with a whole number from 1 on, or -1 for no bound."
  }
}

variable "api_throttling" {
  description = "Requests a second (rate), and at once (burst), that each stage's gateway passes on; it answers 429 to the others. Null leaves it to the account's quota."
  type        = object({ rate = number, burst = number })
  default     = null

  validation {
    condition     = var.api_throttling == null || try(var.api_throttling.rate >= 1 && var.api_throttling.burst >= 1 && floor(var.api_throttling.burst) == var.api_throttling.burst, false)
    error_message = "api_throttling is ${jsonencode(var.api_throttling)}: both must be 1 at least, and burst a whole number."
  }
}

variable "enable_alarms" {
  description = "Whether there are alarms and a dashboard in CloudWatch, billed by the alarm. Deploy the enabled stages once before: the alarms read their logs."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics, five at most, that are told when an alarm begins and ends."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z-]*:sns:${var.aws_region}:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarm_topic_arns is ${jsonencode(var.alarm_topic_arns)}: use up to five ARNs of SNS topics in ${var.aws_region}, such as arn:aws:sns:${var.aws_region}:123456789012:operations."
  }
}

variable "alarm_dpu_per_hour" {
  description = "DPU that Aurora DSQL may bill in an hour before there is an alarm; a million are a million times 0.000008 dollars."
  type        = number
  default     = 5000
  nullable    = false

  validation {
    condition     = var.alarm_dpu_per_hour > 0
    error_message = "alarm_dpu_per_hour is ${var.alarm_dpu_per_hour}: use a number above zero."
  }
}
