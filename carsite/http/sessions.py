"""Django's sessions, users and messages, each made when something asks for it.

A program that calls the API without a session cookie asks for none of them. Django makes all three,
and looks through them again on the way out. With CARS_PREPARED off, so do these classes, and so do
classes of yours on top of them.
"""

from __future__ import annotations

from collections.abc import Callable
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


class OnDemand(SimpleLazyObject):
    """A SimpleLazyObject that is made, and asked whether it was used, by C alone.

    Django's own takes four more calls of Python's for either: all in all 4 % of GET one.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        # Not by super(): it goes through LazyObject's own ways to read and set an attribute.
        object.__setattr__(self, "_setupfunc", make)
        object.__setattr__(self, "_wrapped", empty)


class SessionMiddleware(sessions.SessionMiddleware):
    """Opens no session for a request that brings none and does not use one."""

    def __call__(self, request: HttpRequest) -> Any:
        brings_one = settings.SESSION_COOKIE_NAME in request.COOKIES
        if type(self) is not SessionMiddleware or self.async_mode or brings_one or not enabled():
            return super().__call__(request)
        request.session = OnDemand(self.SessionStore)  # type: ignore[assignment]
        response: Any = self.get_response(request)
        if _is_unused(getattr(request, "session", None)):
            return response  # with no cookie to set or to delete, and no Vary
        return self.process_response(request, response)


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Looks for no user where no session is open and Django's own would open one for it."""

    def __call__(self, request: HttpRequest) -> Any:
        session = getattr(request, "session", None)
        if type(self) is not AuthenticationMiddleware or self.async_mode or not _is_unused(session):
            return super().__call__(request)
        request.user = OnDemand(partial(_user, request))  # type: ignore[assignment]
        request.auser = partial(auth.auser, request)
        return self.get_response(request)


class MessageMiddleware(messages.MessageMiddleware):
    """Makes the storage of messages for a request that shows or leaves some."""

    def __call__(self, request: HttpRequest) -> Any:
        session = getattr(request, "session", None)
        if type(self) is not MessageMiddleware or self.async_mode or not _is_unused(session):
            return super().__call__(request)
        storage = OnDemand(partial(default_storage, request))
        request._messages = storage  # type: ignore[attr-defined]
        response: Any = self.get_response(request)
        if _is_unused(storage):
            return response
        return self.process_response(request, response)


def nobody_signed_in(request: HttpRequest) -> bool:
    """Whether `request.user` would be AnonymousUser, had anything asked for it or for a session.

    What another middleware has put there, a user or a lazy one of its own, is not known.
    """
    return _is_unused(getattr(request, "session", None)) and _is_unused(
        getattr(request, "user", None)
    )


def find_without_session(request: HttpRequest) -> None:
    """From now on, `request.user` is AnonymousUser where no session is open, and opens none.

    For middlewares that have wrapped it. Django would open an empty session and let the answer vary
    by cookie.
    """
    request.finds_without_session = True  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> Any:
    if hasattr(request, "finds_without_session") and _is_unused(request.session):
        return AnonymousUser()
    return auth.get_user(request)


def _is_unused(made_on_demand: Any) -> bool:
    return (
        type(made_on_demand) is OnDemand
        and object.__getattribute__(made_on_demand, "_wrapped") is empty
    )
