variable "name" {
  description = "Name of the cluster, its endpoint and its security group. AWS gives the identifier."
  type        = string
}

variable "aws_region" {
  description = "Region of the cluster, a part of its host name."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the endpoint, with DNS support and DNS host names."
  type        = string
}

variable "subnets" {
  description = "Subnets that the endpoint may be in, with their zones, the preferred ones first."
  type        = list(object({ zone = string, id = string }))
}

variable "service_zones" {
  description = "Zones that the endpoint may be in. Empty asks AWS, in every plan, which zones the endpoint's service has."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "zone_advice" {
  description = "What the caller can do where too few of the subnets are in those zones."
  type        = string
}

variable "zone_count" {
  description = "In how many zones the endpoint is, at most. Each is billed by the hour; one serves the whole VPC."
  type        = number
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by stage. Each gets the rule that lets it out as well."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "allowed_cidr_blocks" {
  description = "IPv4 ranges, of a VPN for example, that may use the endpoint besides the functions."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "administrator_arns" {
  description = "IAM identities that vpc_policy lets in from anywhere."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "kms_key_arn" {
  description = "Customer managed key that encrypts the cluster; null is a key of AWS's own, free of charge."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster."
  type        = bool
}
