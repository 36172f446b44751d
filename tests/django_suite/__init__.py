"""Django's own test suite on the project's backends, beside Django's PostgreSQL backend."""
