variable "domain_name" {
  description = "Name under which clients reach every region, such as cars.example.com."
  type        = string
}

variable "hosted_zone_id" {
  description = "Public hosted zone of Route 53 that the name is in."
  type        = string
}

variable "validation_record_fqdn" {
  description = "Record that proves to ACM whose the name is. It is the same in all regions of an account."
  type        = string
}

variable "aws_region" {
  description = "Region of the API, by whose latency clients are led."
  type        = string
}

variable "api_id" {
  description = "API that Zappa made in the region: the first label of the URL that `zappa deploy` prints."
  type        = string
}

variable "api_stage" {
  description = "Stage of the API, which has the name of the Zappa stage."
  type        = string
}

variable "health_check_seconds" {
  description = "Seconds between two checks of each checker of Route 53: 30, or 10 for more money."
  type        = number
  default     = 30
}
