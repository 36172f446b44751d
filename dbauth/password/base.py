"""ENGINE "dbauth.password": Django's PostgreSQL backend, with dbauth's way of checking.

CONN_HEALTH_CHECKS costs Django's own backend a round trip before each request, and the check hangs
where the network does.
"""

from __future__ import annotations

from django.db.backends.postgresql import base as postgresql

from dbauth.liveness import CHECK_SECONDS, LivenessMixin


class DatabaseWrapper(LivenessMixin, postgresql.DatabaseWrapper):
    """PostgreSQL with a user and a password."""

    @property
    def check_seconds(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("connect_timeout") or CHECK_SECONDS)
