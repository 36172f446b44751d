"""Log lines as JSON, the request id that they carry, and a line for each new connection."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from pythonjsonlogger.core import LogData
from pythonjsonlogger.orjson import OrjsonFormatter

# Where WSGI keeps the id that Lambda gave the invocation.
REQUEST_ID = "carsite.request_id"

request_id: ContextVar[str] = ContextVar("request_id", default="-")

logger = logging.getLogger("carsite.database")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record, "-" outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class ExpectedFilter(logging.Filter):
    """Leaves the traceback out where the client alone is to blame, such as a wrong Host.

    Django logs each with 4 KB, and anybody can send as many as they like.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


class JSONFormatter(OrjsonFormatter):
    """A line by orjson: the standard library's encoder takes 30 to 150 us of each request."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - the standard library's name
        """RFC 3339 with milliseconds. Lambda takes lines without such a time for INFO, and drops
        errors where the function's log level is WARN.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
        """
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{time.removesuffix('+00:00')}Z"

    def jsonify_log_record(self, log_data: LogData) -> str:
        try:
            line: str = super().jsonify_log_record(log_data)
        except TypeError:  # half a character, which only an escape can spell
            line = json.dumps(log_data, default=str)
        return line


def log_connection(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A receiver of connection_created: Django's own backend logs nothing, `dbauth` does."""
    if connection.vendor != "postgresql" or hasattr(connection, "token_age"):
        return
    settings = connection.settings_dict
    host, role = settings["HOST"], settings["USER"]
    fields = {"database": connection.alias, "database_host": host, "database_role": role}
    logger.info("Connected to %s as %s (%s)", host, role, connection.alias, extra=fields)
