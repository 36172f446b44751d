"""What clients see when something is wrong: one place, JSON for JSON clients, no internals."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import SimpleTemplateResponse
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

logger = logging.getLogger(__name__)

# What the writer of a cluster says after it became a reader: its SQLSTATE is no operational error.
READ_ONLY = "25006"
RETRY_AFTER_SECONDS = 5
UNAVAILABLE = "The database does not answer. Try again in a few seconds."


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the same request may succeed in a moment, over another connection.

    Down, starting, failing over, waking up, out of connections, out of time: Django raises
    OperationalError or InterfaceError for all of them but one.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, InternalError) and _sqlstate(error) == READ_ONLY


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "pgcode", None)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, and 503 for a database that does not answer."""
    if is_unavailable(exc):
        note_database_failure(exc)
        return Response(
            {"detail": UNAVAILABLE}, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
        )
    return drf_exception_handler(exc, context)


def note_database_failure(error: BaseException) -> None:
    """Log why, and let go of the connection: the next request starts with a new one."""
    logger.error("database unavailable: %s", type(error).__name__, exc_info=error)
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def error_response(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A plain page for browsers, `{"detail": ...}` for everybody else."""
    response: HttpResponse
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        response = SimpleTemplateResponse(
            "carsite/error.html", {"status": status, "detail": detail}, status=status
        ).render()
    else:
        response = JsonResponse({"detail": detail}, status=status)
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 400, "This request is malformed.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 403, "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, 404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's last resort. A session that cannot be saved ends here too: that is the database."""
    error = sys.exc_info()[1]
    if error is not None and is_unavailable(error):
        note_database_failure(error)
        return error_response(request, 503, UNAVAILABLE)
    return error_response(request, 500, "Something went wrong here. It has been logged.")
