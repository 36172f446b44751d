terraform {
  # 1.11 is the first release with write-only arguments, which keep the passwords out of the state.
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Tested with 5.100. What 6.0 changes is used nowhere here: docs/terraform.md.
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = {
      Project     = var.project_name
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}
