"""aurora-dsql-django with what it lacks to run tests: a test database."""
