variable "name" {
  description = "Name of vault, plan and selection, up to 49 characters; the role's has the region as well."
  type        = string
}

variable "aws_region" {
  description = "Region of the database."
  type        = string
}

variable "resource_arn" {
  description = "ARN of the database."
  type        = string
}

variable "retention_days" {
  description = "Days that a backup is kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Customer managed key that encrypts the vault; null is AWS's own."
  type        = string
  default     = null
}
