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
  nullable    = false
}

variable "create_spare_subnets" {
  description = "Whether to add a private subnet in every other zone, for an endpoint whose service is not in all of them. Without effect where availability_zones names the zones."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_database_subnets" {
  description = "Whether to add subnets for a database that may become reachable from the internet."
  type        = bool
  default     = false
  nullable    = false
}

variable "route_databases_to_internet" {
  description = "Whether those subnets have a route to the internet, both ways."
  type        = bool
  default     = false
  nullable    = false
}

variable "stages" {
  description = "Zappa stages; each gets a security group for its function."
  type        = set(string)
}
