"""Django's sessions, users and messages, each made when something asks for it.

A program that calls the API without a session cookie asks for none of them. Django makes all three,
and looks through them again on the way out. With CARS_PREPARED off, so do these classes.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import middleware as messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

from cars.prepared import enabled


class SessionMiddleware(sessions.SessionMiddleware):
    """Opens no session for a request that brings none and does not use one."""

    def __call__(self, request: HttpRequest) -> Any:
        if self.async_mode or not enabled() or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return super().__call__(request)
        request.session = SimpleLazyObject(self.SessionStore)  # type: ignore[assignment]
        response: Any = self.get_response(request)
        if _is_unused(request.session):
            return response  # with no cookie to set or to delete, and no Vary
        return self.process_response(request, response)


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Looks for no user where no session is open and Django's own would open one for it."""

    def __call__(self, request: HttpRequest) -> Any:
        if not _is_unused(getattr(request, "session", None)):
            return super().__call__(request)
        request.user = SimpleLazyObject(partial(_user, request))  # type: ignore[assignment]
        request.auser = partial(auth.auser, request)
        return self.get_response(request)


class MessageMiddleware(messages.MessageMiddleware):
    """Makes the storage of messages for a request that shows or leaves some."""

    def __call__(self, request: HttpRequest) -> Any:
        if not _is_unused(getattr(request, "session", None)):
            return super().__call__(request)
        storage = SimpleLazyObject(partial(default_storage, request))
        request._messages = storage  # type: ignore[attr-defined]
        response: Any = self.get_response(request)
        if _is_unused(storage):
            return response
        return self.process_response(request, response)


def find_without_session(request: HttpRequest) -> None:
    """From now on, `request.user` is AnonymousUser where no session is open, and opens none.

    Django would open an empty one and let the answer vary by cookie.
    """
    request.finds_without_session = True  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> Any:
    if hasattr(request, "finds_without_session") and _is_unused(request.session):
        return AnonymousUser()
    return auth.get_user(request)


def _is_unused(made_on_demand: Any) -> bool:
    return type(made_on_demand) is SimpleLazyObject and made_on_demand._wrapped is empty
