"""The request id that every log line of a request carries, and a line for each new connection."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

request_id: ContextVar[str] = ContextVar("request_id", default="-")

logger = logging.getLogger("carsite.database")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record, "-" outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def log_connection(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A receiver of connection_created: Django's own backend logs nothing, `dbauth` does."""
    if connection.vendor != "postgresql" or hasattr(connection, "token_age"):
        return
    settings = connection.settings_dict
    host, role = settings["HOST"], settings["USER"]
    fields = {"database": connection.alias, "database_host": host, "database_role": role}
    logger.info("Connected to %s as %s (%s)", host, role, connection.alias, extra=fields)
