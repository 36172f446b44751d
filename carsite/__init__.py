__version__ = "1.1.0"  # of the package and of the API: pyproject.toml and /schema read it here
