"""GET /health: does this process reach its database, within the time-out?"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carsite.errors import DATABASE_UNAVAILABLE, RETRY_AFTER_SECONDS, note_database_failure


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 with the engine, or 503 with Retry-After. It never says why; the log does."""
    engine = settings.DATABASES["default"]["ENGINE"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DATABASE_UNAVAILABLE as error:
        note_database_failure(error)
        return JsonResponse(
            {"status": "unavailable", "engine": engine},
            status=503,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    return JsonResponse({"status": "ok", "engine": engine})
