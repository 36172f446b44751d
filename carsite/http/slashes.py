"""Paths of the API with a slash at their end, which it does not have."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.encoding import escape_uri_path
from django.views.decorators.csrf import csrf_exempt

from carsite.http.errors import error_response
from carsite.http.methods import ALLOWED


@csrf_exempt
def without_slash(request: HttpRequest, **parts: Any) -> HttpResponse:
    """Lead to the path without the slash.

    Clients follow with GET and without a body, so other methods are told where to go.
    """
    path = escape_uri_path(request.path.removesuffix("/"))
    if request.method in ALLOWED:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    return error_response(
        request, 404, f"There is nothing at this address. It is {path}, without a slash at the end."
    )
