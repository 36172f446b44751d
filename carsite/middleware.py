"""What happens around every request: its id, the size of its body, a database that is away."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from carsite import logs
from carsite.errors import (
    DATABASE_UNAVAILABLE,
    UNAVAILABLE,
    error_response,
    note_database_failure,
)

GetResponse = Callable[[HttpRequest], HttpResponse]

CHUNK_BYTES = 64 * 1024
DISCARDED_BYTES = 16 * 1024 * 1024

# What a caller may send as X-Request-ID; anything else could forge log lines.
ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class RequestIdMiddleware:
    """Gives each request an id, for the logs and for the answer's X-Request-ID.

    It is API Gateway's or the caller's where there is one, so that both sides can search for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if ACCEPTABLE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        # Stays set until the next request of this thread: Django logs a 404 after all middleware.
        logs.request_id.set(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class BodyLimitMiddleware:
    """413 for bodies over DATA_UPLOAD_MAX_MEMORY_SIZE, before anything reads them.

    Django applies that setting to forms only; a DRF parser reads as much as it is sent.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0  # Django reads such a body as empty
        if limit is not None and length > limit:
            _discard(request)
            return error_response(request, 413, f"The body is larger than {limit} bytes.")
        return self.get_response(request)


def _discard(request: HttpRequest) -> None:
    """Read on for a while: a client that is still sending would see a reset, not the answer."""
    for _ in range(DISCARDED_BYTES // CHUNK_BYTES):
        if not request.read(CHUNK_BYTES):
            break


class DatabaseErrorMiddleware:
    """503 where a view or its template could not reach the database: the admin's, mostly.

    The API's own views get theirs from carsite.errors.exception_handler.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DATABASE_UNAVAILABLE):
            return None
        note_database_failure(exception)
        return error_response(request, 503, UNAVAILABLE)
