"""What clients see when something is wrong: one place, JSON for JSON clients, no internals."""

from __future__ import annotations

import logging
import random
import sys
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from carsite.http import problems
from dbauth.sqlstates import is_read_only, sqlstate

logger = logging.getLogger(__name__)

# Clients that were turned away together come back apart.
RETRY_AFTER_SECONDS = (2, 8)
UNAVAILABLE = "The database does not answer. Try again in a few seconds."
# undefined_table, invalid_schema_name
MISSING = frozenset(["42P01", "3F000"])
LONGEST_CAUSE = 600

_random = random.SystemRandom()  # a snapshot that is restored repeats any other generator


def is_unavailable(error: BaseException | None) -> bool:
    """Whether the same request may succeed later, over another connection.

    Down, starting, failing over, waking up, out of connections, out of time: Django raises
    OperationalError or InterfaceError for all of them but a writer that became a reader. Before
    `migrate` has run the tables are missing.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DatabaseError) and (is_read_only(error) or is_unmigrated(error))


def is_unmigrated(error: BaseException) -> bool:
    """Whether a table or the schema is missing, in PostgreSQL or SQLite."""
    return sqlstate(error) in MISSING or str(error).startswith("no such table")


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, 503 for a database that does not answer, and problem details if wanted."""
    response: Response | None
    if is_unavailable(exc):
        note_database_failure(exc)
        response = unavailable(Response({"detail": UNAVAILABLE}, status=503))
    else:
        response = drf_exception_handler(exc, context)
    request = context.get("request")
    if response is not None and request is not None and _as_problem(request):
        response.data = problems.problem(response.status_code, response.data)
        response.content_type = problems.MEDIA_TYPE
    return response


def _as_problem(request: Request) -> bool:
    renderer = getattr(request, "accepted_renderer", None)  # none where nothing was acceptable
    return getattr(renderer, "format", "json") == "json" and problems.are_wanted(request)


Answer = TypeVar("Answer", bound=HttpResponse)


def unavailable(response: Answer) -> Answer:
    """A 503 that says when to come back, and that Django does not log a second time."""
    response["Retry-After"] = str(_random.randint(*RETRY_AFTER_SECONDS))
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own mark
    return response


def note_database_failure(error: BaseException) -> None:
    """Log why in one line, and let go of the connection: the next request starts with a new one."""
    cause = " ".join(str(error).split())[:LONGEST_CAUSE]
    kind = type(error).__name__
    if is_unmigrated(error):
        advice = "run manage.py migrate, or correct the schema"
        logger.error("database unmigrated: %s: %s: %s", kind, cause, advice)
    else:
        logger.error("database unavailable: %s: %s", kind, cause)
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def error_response(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A plain page for browsers, problem details if wanted, `{"detail": ...}` for all others."""
    response: HttpResponse
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        response = SimpleTemplateResponse(
            "carsite/error.html", {"status": status, "detail": detail}, status=status
        ).render()
    else:
        response = json_error(request, status, {"detail": detail})
    patch_vary_headers(response, ["Accept"])
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        unavailable(response)
    return response


def json_error(request: HttpRequest, status: int, data: dict[str, Any]) -> HttpResponse:
    """REST framework's error data, or the problem details that they make."""
    if problems.are_wanted(request):
        data = problems.problem(status, data)
        return JsonResponse(data, status=status, content_type=problems.MEDIA_TYPE)
    return JsonResponse(data, status=status)


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
