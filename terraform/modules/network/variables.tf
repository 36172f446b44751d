variable "name" {
  description = "Prefix of every name in the network."
  type        = string
}

variable "cidr_block" {
  description = "IPv4 range of the VPC, /16 to /24."
  type        = string
}

variable "availability_zones" {
  description = "Zones of the subnets, two to eight. Empty takes the first two of the region."
  type        = list(string)
  default     = []
}

variable "create_public_subnets" {
  description = "Whether to add public subnets and an internet gateway, for a publicly accessible database."
  type        = bool
  default     = false
}

variable "stages" {
  description = "Zappa stages; each gets a security group for its function."
  type        = set(string)
}
