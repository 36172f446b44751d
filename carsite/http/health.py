"""GET /health: does this process find its tables in its database, within the time-out?"""

from __future__ import annotations

from contextlib import nullcontext

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from cars.models import Car
from carsite.http.errors import is_unavailable, is_unmigrated, note_database_failure, unavailable
from carsite.http.methods import get_only
from dbauth.deadline import deadline, time_limit

TIMEOUT_SECONDS = 3
# All together, also where a cluster that wakes up is waited for.
LONGEST_SECONDS = 10


@get_only
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 with the engine, or 503 with Retry-After. The log says why.

    `status` is "ok", "unavailable", or "unmigrated" where the table of cars is not found.
    """
    engine = settings.DATABASES["default"]["ENGINE"]
    try:
        with time_limit(LONGEST_SECONDS):
            _ask_database()
    except (DatabaseError, InterfaceError) as error:
        if not is_unavailable(error):
            raise
        note_database_failure(error)
        status = "unmigrated" if is_unmigrated(error) else "unavailable"
        return unavailable(JsonResponse({"status": status, "engine": engine}, status=503))
    return JsonResponse({"status": "ok", "engine": engine})


def _ask_database() -> None:
    """Raises a DatabaseError or InterfaceError unless the database answers.

    It gets TIMEOUT_SECONDS on the connection at hand, and if that one did not survive,
    connect_timeout and TIMEOUT_SECONDS for a new one.
    """
    # Django would check the connection itself first.
    connection.health_check_done = True  # type: ignore[attr-defined] # unknown to django-stubs
    if connection.connection is not None:
        try:
            return _look_for_cars()
        except (DatabaseError, InterfaceError):
            connection.close()
    connection.ensure_connection()  # as long as connect_timeout allows
    return _look_for_cars()


def _look_for_cars() -> None:
    """Ask for a table, not for a constant: a session with a wrong search_path answers those."""
    # SQLite has no socket that could hang.
    has_socket = hasattr(connection.connection, "fileno")
    limit = deadline(connection.connection, TIMEOUT_SECONDS) if has_socket else nullcontext()
    table = connection.ops.quote_name(Car._meta.db_table)
    with limit, connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - our own table's name
