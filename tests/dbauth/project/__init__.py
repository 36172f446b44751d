"""A Django project that uses the backend and nothing else of this repository."""
