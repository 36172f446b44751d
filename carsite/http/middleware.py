"""What happens around every request: its id, input that nobody takes, a database that is away."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage import default_storage
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import SimpleLazyObject, empty

from carsite.http.errors import (
    UNAVAILABLE,
    error_response,
    is_unavailable,
    note_database_failure,
)
from carsite.serverless import logs

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
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if ACCEPTABLE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        # Stays set until the next request of this thread: Django logs a 404 after all middleware.
        logs.request_id.set(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class LazyMessageMiddleware(MessageMiddleware):
    """Django's, whose storage is made when it is asked for: 16 us that the API's requests save."""

    def process_request(self, request: HttpRequest) -> None:
        request._messages = SimpleLazyObject(lambda: default_storage(request))  # type: ignore[attr-defined] # Django's own way to keep it

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        messages = getattr(request, "_messages", None)
        if isinstance(messages, SimpleLazyObject) and messages._wrapped is empty:
            return response
        return super().process_response(request, response)


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
                return JsonResponse({name: ["Null characters are not allowed."]}, status=400)
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


class DatabaseErrorMiddleware:
    """503 where a view or its template could not reach the database: the admin's, mostly.

    And 400 where it got a value that is beyond the database's types. The API's own views get theirs
    from carsite.http.errors.exception_handler.
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
        return None
