variable "value" {
  description = "What the configuration says now."
  type        = string
}

variable "may_change" {
  description = "Whether a value that differs from the one before is taken over."
  type        = bool
}
