# How many connections the cluster takes, from the memory of an instance.

locals {
  # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html
  class_parts = split(".", var.instance_class)
  class_size  = local.class_parts[length(local.class_parts) - 1]
  memory_gib = local.is_serverless ? 2 * var.max_capacity : (startswith(var.instance_class, "db.x2g.") ? 2 : 1) * (
    local.class_size == "medium" ? 4 :
    local.class_size == "large" ? (startswith(var.instance_class, "db.t") ? 8 : 16) :
    32 * try(tonumber(trimsuffix(local.class_size, "xlarge")), 1)
  )

  # AWS's LEAST(DBInstanceClassMemory / 9531392, 5000), whose DBInstanceClassMemory is what the system
  # leaves of the memory: the line goes through AWS's own table for 1, 4, 8 and 16 capacity units. A
  # cluster whose lower limit is half a unit or less takes 2,000 at most.
  # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
  connections = min(local.is_serverless ? 2000 : 5000, floor(local.memory_gib * 105.72 - 22.4))
}
