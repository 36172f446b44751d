"""One line a request for the deployed stages; docs/operations.md has queries for it.

A line holds what operating needs and nothing about people: the route instead of the path, no query
string, no address, no user, no body.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import time
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("carsite.request")

# X-Ray's trace id within the header; anything else in there could be a client's invention.
TRACE_ID = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)")

# What a caller may send as X-Request-ID; no other text of a client gets into a line.
CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")

# `zappa tail --http` shows the lines with an IPv4 address between spaces; nobody's is logged.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - text, not an address to bind to
MESSAGE = f"%(method)s %(route)s %(status)s for {NO_ADDRESS} in %(milliseconds)s ms"

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]

_served = itertools.count()


class DatabaseTime:
    """Counts queries and their time, as an execute_wrapper."""

    __slots__ = ("queries", "seconds")

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0

    def __call__(
        self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - started


class RequestLogMiddleware:
    """Logs each request once it is answered; after RequestIdMiddleware, before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        database, started = DatabaseTime(), time.perf_counter()
        connection = connections[DEFAULT_DB_ALIAS]  # django.db.connection looks it up at each use
        with connection.execute_wrapper(database):
            response = self.get_response(request)
        if logger.isEnabledFor(logging.INFO):
            milliseconds = (time.perf_counter() - started) * 1000
            fields = _fields(request, response, milliseconds, database, connection)
            # As info() does it, which also walks up the stack to find this very line.
            place = (logger.name, logging.INFO, __file__, 0)
            logger.handle(logger.makeRecord(*place, MESSAGE, (fields,), None, extra=fields))
        return response


def _fields(
    request: HttpRequest,
    response: HttpResponse,
    milliseconds: float,
    database: DatabaseTime,
    connection: BaseDatabaseWrapper,
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "method": request.method,
        "route": _route(request),
        "status": response.status_code,
        "milliseconds": round(milliseconds, 1),
        "database_milliseconds": round(database.seconds * 1000, 1),
        "queries": database.queries,
        "cold_start": next(_served) == 0,
    }
    # Only dbauth's connections have one, and only while they are open.
    age = getattr(connection, "token_age", None)
    if age is not None:
        fields["token_age"] = round(age)
    trace = os.environ.get("_X_AMZN_TRACE_ID") or request.META.get("HTTP_X_AMZN_TRACE_ID", "")
    if found := TRACE_ID.search(trace):
        fields["xray_trace_id"] = found[1]
    client_id = request.META.get("HTTP_X_REQUEST_ID", "")
    if CLIENT_ID.fullmatch(client_id):
        fields["client_request_id"] = client_id
    return fields


def _route(request: HttpRequest) -> str:
    """The pattern that matched, such as "/cars/<str:pk>"; "-" for files and unknown paths."""
    match = request.resolver_match
    return f"/{match.route}" if match else "-"
