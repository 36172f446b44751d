"""Sessions, users and messages, for requests that may have them.

A program that calls the API without a cookie has no session, so nobody is signed in by one and no
message waits. Finding that out anew costs Django 6 % of GET one. Views at other paths, requests
with any cookie, and whoever asks for HTML get Django's, and so does every request with
CARS_PREPARED off.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest

from cars import prepared


class SessionMiddleware(sessions.SessionMiddleware):
    """No `request.session` for a program that calls one of API_PATHS."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.paths = tuple(settings.API_PATHS) if prepared.enabled() else ()

    def __call__(self, request: HttpRequest) -> Any:
        meta = request.META
        if (
            request.path_info.startswith(self.paths)
            and not meta.get("HTTP_COOKIE")
            and "html" not in meta.get("HTTP_ACCEPT", "")
        ):
            return self.get_response(request)
        return super().__call__(request)


class _InSessionsMixin:
    """What takes part only where there is a session."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if hasattr(request, "session"):
            return super().__call__(request)  # type: ignore[misc] # Django's middleware
        return self.get_response(request)


class AuthenticationMiddleware(_InSessionsMixin, auth.AuthenticationMiddleware):
    """No `request.user` there either, until REST framework sets it."""


class MessageMiddleware(_InSessionsMixin, messages.MessageMiddleware):
    """No messages there either."""
