"""ENGINE "dbauth.password": Django's PostgreSQL backend, with dbauth's way of checking.

CONN_HEALTH_CHECKS costs Django's own backend a round trip before each request, and the check hangs
where the network does.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base as postgresql

from dbauth.defaults import ANSWER_SECONDS, NETWORK
from dbauth.liveness import CHECK_SECONDS, LivenessMixin
from dbauth.waits import WaitsMixin


class DatabaseWrapper(WaitsMixin, LivenessMixin, postgresql.DatabaseWrapper):
    """PostgreSQL with a user and a password; `answer_seconds` is the one option of its own."""

    @property
    def check_seconds(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("connect_timeout") or CHECK_SECONDS)

    @property
    def answer_seconds(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("answer_seconds") or ANSWER_SECONDS)

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = {**NETWORK, **super().get_connection_params()}
        params.pop("answer_seconds", None)
        return params
