"""What happens around every request: its id, input that nobody takes, a database that is away."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from math import ceil

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import Throttled

from carsite.http.errors import (
    UNAVAILABLE,
    error_response,
    is_unavailable,
    json_error,
    note_database_failure,
)
from carsite.serverless import logs

GetResponse = Callable[[HttpRequest], HttpResponse]

CHUNK_BYTES = 64 * 1024
DISCARDED_BYTES = 16 * 1024 * 1024


class RequestIdMiddleware:
    """Gives each request an id, for the logs and for the answer's X-Request-ID.

    It is Lambda's own where that is known (carsite.serverless.gateway), else a new one. A caller's
    X-Request-ID does not replace it: the line of the request has that beside it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request.META.get(logs.REQUEST_ID) or uuid.uuid4().hex
        # Stays set until the next request of this thread: Django logs a 404 after all middleware.
        logs.request_id.set(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class MalformedRequestMiddleware:
    """400 for what would be an error further in: too many parameters, NUL, which no text may hold.

    The database says the same of NUL, as an error of ours. API Gateway lets both through.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            query = request.GET
        except SuspiciousOperation as error:
            return error_response(request, 400, str(error))
        for name, values in query.lists():
            if any("\0" in value for value in values):
                return json_error(request, 400, {name: ["Null characters are not allowed."]})
        if any("\0" in value for value in request.COOKIES.values()):
            return error_response(request, 400, "A cookie holds a null character.")
        return self.get_response(request)


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


class ExceptionMiddleware:
    """What pages answer to the errors that carsite.http.errors.exception_handler knows in the API.

    The admin's pages and the login mostly: 503 where the database cannot be reached, 400 for a
    value that is beyond its types, 429 where carsite.http.guesses refuses an attempt to log in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_unavailable(exception):
            note_database_failure(exception)
            return error_response(request, 503, UNAVAILABLE)
        if isinstance(exception, DataError | OverflowError):
            return error_response(request, 400, "A value is out of range.")
        return _throttled(request, exception) if isinstance(exception, Throttled) else None


def _throttled(request: HttpRequest, exception: Throttled) -> HttpResponse:
    response = error_response(request, exception.status_code, str(exception.detail))
    if exception.wait is not None:  # type: ignore[attr-defined] # unknown to its stubs
        response["Retry-After"] = str(ceil(exception.wait))  # type: ignore[attr-defined] # likewise
    return response
