output "changes_unasked" {
  description = "Whether the value differs from the one before, and may not. Unknown, and so unchecked, in the first plan."
  value       = !var.may_change && terraform_data.this.output != var.value
}

output "before" {
  description = "The value before."
  value       = terraform_data.this.output
}
