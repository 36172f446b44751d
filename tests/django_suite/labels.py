"""Which labels Django's suite has."""

from __future__ import annotations

from pathlib import Path

LEFT_OUT = {
    "gis_tests": "they need PostGIS",
    "postgres_tests": "they are skipped as a whole without extensions of PostgreSQL's",
    "import_error_package": "it is no label, but what others import",
    "test_runner_apps": "likewise",
    "base": "it has no tests",
    "custom_migration_operations": "likewise",
    "migrations2": "likewise",
}


def all_labels(tests: Path) -> list[str]:
    """The labels that need a backend or nothing, in the order of the alphabet."""
    return sorted(
        path.parent.name for path in tests.glob("*/__init__.py") if path.parent.name not in LEFT_OUT
    )
