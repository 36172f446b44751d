"""What happens on the machine that deploys. None of it ships."""
