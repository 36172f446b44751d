# The link to the cluster in the other region. Until both are linked they are pending, and take no client.

resource "aws_dsql_cluster_peering" "this" {
  count = var.witness_region == null ? 0 : 1

  identifier     = aws_dsql_cluster.this.identifier
  clusters       = [var.peer_arn]
  witness_region = var.witness_region
}

variable "witness_region" {
  description = "Third region of a multi-Region cluster; null is a cluster in one region. Choose before the first apply: AWS does not change it."
  type        = string
  default     = null
}

variable "peer_arn" {
  description = "ARN of the cluster in the other region, only with witness_region."
  type        = string
  default     = null
}
