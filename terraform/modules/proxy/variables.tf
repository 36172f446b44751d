variable "name" {
  description = "Name of the proxy, its security group and the folder of its secret."
  type        = string
}

variable "role_name" {
  description = "Name of the proxy's role, up to 64 characters. Roles belong to the account, so it must have the region in it."
  type        = string
}

variable "aws_region" {
  description = "Region of the proxy."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the proxy and the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the proxy, in at least two zones."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by stage. Each gets the rule that lets it out as well."
  type        = map(string)
}

variable "database_security_group_id" {
  description = "Security group of the cluster."
  type        = string
}

variable "cluster_identifier" {
  description = "The cluster, which must have an instance."
  type        = string
}

variable "database_user" {
  description = "The user whom functions connect as."
  type        = string
}

variable "kms_key_arn" {
  description = "Customer managed key that encrypts the secret; null is AWS's own."
  type        = string
  default     = null
}
