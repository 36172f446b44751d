variable "identifier" {
  description = "Cluster identifier; everything that belongs to the cluster is named after it."
  type        = string
}

variable "engine_version" {
  description = "Aurora PostgreSQL version: a full one (15.14) is kept, a major one (15) follows AWS's minor upgrades."
  type        = string
}

variable "instance_class" {
  description = "Class of the instance; db.serverless is Aurora Serverless v2."
  type        = string
}

variable "instances" {
  description = "One writer, and a reader for each further one, which becomes the writer where that fails."
  type        = number
  default     = 1
  nullable    = false
}

variable "availability_zones" {
  description = "Zones of the subnets, among which the instances are spread."
  type        = list(string)
}

variable "auto_pause" {
  description = "Whether db.serverless stops after five idle minutes and starts at the next connection."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_capacity" {
  description = "Upper limit of db.serverless in Aurora capacity units."
  type        = number
  default     = 2
  nullable    = false
}

variable "database_name" {
  description = "Database that the cluster starts with."
  type        = string
}

variable "master_username" {
  description = "Administrator of the database."
  type        = string
}

variable "master_password" {
  description = "The administrator's password. Reaches neither plan nor state; read only when master_password_version changes."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "master_password_version" {
  description = "Raise it to have AWS take over a changed master_password."
  type        = number
  default     = 1
  nullable    = false
}

variable "manage_master_password" {
  description = "Whether AWS makes, keeps and rotates the password in Secrets Manager instead."
  type        = bool
  default     = false
  nullable    = false
}

variable "iam_authentication" {
  description = "Whether database users may authenticate with IAM tokens."
  type        = bool
  default     = false
  nullable    = false
}

variable "vpc_id" {
  description = "VPC of the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the cluster, in at least two zones; with a route to the internet if publicly_accessible."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by stage. Each gets the rule that lets it out as well."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "publicly_accessible" {
  description = "Whether the instance has a public address. Needs allowed_cidr_blocks."
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_cidr_blocks" {
  description = "IPv4 ranges that may connect besides the functions."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days that automated backups are kept, 1 to 35."
  type        = number
}

variable "keep_automated_backups" {
  description = "Whether automated backups outlive the cluster, for as long as they are retained."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "Customer managed key that encrypts the storage; null is AWS's own. Another key is another cluster."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days that PostgreSQL's logs are kept in CloudWatch."
  type        = number
  default     = 1
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster."
  type        = bool
}

variable "skip_final_snapshot" {
  description = "Whether the data is dropped without a last snapshot when the cluster is destroyed."
  type        = bool
}

variable "allow_major_upgrade" {
  description = "Whether another major version in engine_version upgrades the cluster, at once."
  type        = bool
  default     = false
  nullable    = false
}

variable "apply_immediately" {
  description = "Whether changes that restart the instance wait for the maintenance window (false) or not (true)."
  type        = bool
  default     = false
  nullable    = false
}
