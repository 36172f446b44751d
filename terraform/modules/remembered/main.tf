# Remembers the value that was applied first, so that a plan can refuse to change it unasked.

resource "terraform_data" "this" {
  input = var.value

  # A permitted change makes this anew, with the new value. Taking the permission back does so too.
  triggers_replace = [var.may_change ? var.value : null]

  lifecycle {
    ignore_changes = [input]
  }
}
