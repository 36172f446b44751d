"""GET /health: does this process reach its database, within the time-out?"""

from __future__ import annotations

from contextlib import nullcontext

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carsite.http.errors import RETRY_AFTER_SECONDS, note_database_failure
from dbauth.deadline import deadline

TIMEOUT_SECONDS = 3


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 with the engine, or 503 with Retry-After. It never says why; the log does."""
    engine = settings.DATABASES["default"]["ENGINE"]
    try:
        _ask_database()
    except (OperationalError, InterfaceError) as error:
        note_database_failure(error)
        return JsonResponse(
            {"status": "unavailable", "engine": engine},
            status=503,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    return JsonResponse({"status": "ok", "engine": engine})


def _ask_database() -> None:
    """Raises OperationalError or InterfaceError unless the database answers.

    It gets TIMEOUT_SECONDS on the connection at hand, and if that one did not survive,
    connect_timeout and TIMEOUT_SECONDS for a new one.
    """
    # Django would check the connection itself first, and that check knows no time-out.
    connection.health_check_done = True  # type: ignore[attr-defined] # unknown to django-stubs
    if connection.connection is not None and _answers():
        return
    connection.close()
    connection.ensure_connection()  # as long as connect_timeout allows
    if not _answers():
        raise OperationalError("the database accepts connections but answers no query")


def _answers() -> bool:
    # SQLite has no socket that could hang.
    has_socket = hasattr(connection.connection, "fileno")
    limit = deadline(connection.connection, TIMEOUT_SECONDS) if has_socket else nullcontext()
    with limit:
        return connection.is_usable()
