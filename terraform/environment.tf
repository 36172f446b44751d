# An environment is one name, environment_name: every other name follows from it.

locals {
  # Prefix of what Terraform makes.
  name = join("-", compact([var.project_name, var.environment_name]))

  # What Zappa makes, by kind of stage. Those of the default environment are the guide's. Zappa takes no
  # hyphens in the name of a stage, and puts hyphens for the underscores into the function's.
  stage_names    = { for kind in ["regular", "dsql"] : kind => join("_", compact([kind, replace(var.environment_name, "-", "_")])) }
  function_names = { for kind, stage in local.stage_names : kind => "${var.zappa_project_name}-${replace(stage, "_", "-")}" }

  # Roles belong to the account, functions to a region: without the region in its name, the role of a
  # function in a second region would be that of the first one. The code is the one in AWS's zone ids,
  # such as usw2 for us-west-2.
  region_code = replace(replace(var.aws_region, "/([nsewcg])(orth|outh|ast|est|entral|ov)/", "$1"), "-", "")
  role_suffix = var.aws_region == "us-east-1" ? "" : local.region_code
  role_names  = { for kind, name in local.function_names : kind => join("-", compact([name, "execution", local.role_suffix])) }
}
