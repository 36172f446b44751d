"""Cookies that stay where they belong: below the path at which the client sees the service.

`/regular` and `/dsql` may be two stages of one host. With the path `/`, a login at one of them
would replace the session at the other.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class CookiePathMiddleware:
    """Gives each cookie the path of its stage. Django's settings know one path for a process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for cookie in response.cookies.values():
            cookie["path"] = request.META["SCRIPT_NAME"] or "/"
        return response
