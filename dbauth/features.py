"""What Django may expect of a database behind dbauth, which is what it expects of PostgreSQL."""

from __future__ import annotations

from typing import Final

from django.db.backends.postgresql import features
from django.utils.functional import cached_property

_BASE = "backends.base.test_base."

# Tests of Django's own suite by the reason why they cannot pass.
SKIPS: Final[dict[str, set[str]]] = {
    "dbauth counts on wrappers of its own around each statement": {
        f"{_BASE}ExecuteWrapperTests.test_wrapper_connection_specific",
    },
    "A connection that was used a moment ago is not tried out (CONN_HEALTH_CHECKS)": {
        f"{_BASE}ConnectionHealthChecksTests.test_health_checks_enabled",
        f"{_BASE}ConnectionHealthChecksTests.test_set_autocommit_health_checks_enabled",
    },
}


class DatabaseFeatures(features.DatabaseFeatures):
    """Django's own PostgreSQL features."""

    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:  # type: ignore[override] # an attribute in the stubs
        return {**super().django_test_skips, **SKIPS}
