"""Who is asking: a browser by its session, a program by its user name and password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from carsite.http.sessions import find_without_session, nobody_signed_in


class SessionAuthentication(authentication.SessionAuthentication):
    """REST framework's, which opens no session to find that nobody has signed in."""

    def authenticate(self, request: Request) -> Any:
        if nobody_signed_in(request._request):
            return None
        find_without_session(request._request)
        return super().authenticate(request)


class WriterAuthentication(authentication.BasicAuthentication):
    """HTTP Basic, looked at only where CARS_WRITES_REQUIRE_LOGIN makes a difference: in writes.

    Checking a password costs a quarter of a second of CPU on purpose. On every read it would let
    anybody spend that, and try passwords at the same time.
    """

    www_authenticate_realm = "cars"

    def authenticate(self, request: Request) -> Any:
        if request.method in SAFE_METHODS or not settings.CARS_WRITES_REQUIRE_LOGIN:
            return None
        return super().authenticate(request)

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> Any:
        if "\0" in userid:
            raise AuthenticationFailed("Invalid username/password.")  # PostgreSQL cannot look it up
        return super().authenticate_credentials(userid, password, request)
