"""Django's sessions, users and messages, each made when something asks for it.

A program that calls the API without a session cookie asks for none of them. Django makes all three,
and looks through them again on the way out. With CARS_PREPARED off, so do these classes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import middleware as messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from cars.prepared import enabled


class RequestOnDemand(HttpRequest):
    """A request whose session, user and messages are not there until something reads them.

    The middlewares leave here what makes them; without a middleware there is no such attribute. A
    lazy object in the place of each costs ten calls of Python's, whether it is used or not.
    """

    make_session: Callable[[], Any]
    make_user: Callable[[HttpRequest], Any]
    make_messages: Callable[[HttpRequest], Any]

    @cached_property
    def session(self) -> Any:  # type: ignore[override] # django-stubs: an attribute
        return self.make_session()

    @cached_property
    def user(self) -> Any:  # type: ignore[override] # likewise
        return self.make_user(self)

    @cached_property
    def _messages(self) -> Any:
        return self.make_messages(self)


class SessionMiddleware(sessions.SessionMiddleware):
    """Opens no session for a request that brings none and does not use one."""

    def __call__(self, request: HttpRequest) -> Any:
        if self.async_mode or not enabled() or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return super().__call__(request)
        kind: Any = type(request)
        request.__class__ = _on_demand(kind)
        request.make_session = self.SessionStore  # type: ignore[attr-defined] # of its new class
        response: Any = self.get_response(request)
        if "session" not in vars(request):
            return response  # with no cookie to set or to delete, and no Vary
        return self.process_response(request, response)


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Looks for no user where no session is open and Django's own would open one for it."""

    def __call__(self, request: HttpRequest) -> Any:
        if not is_without_session(request):
            return super().__call__(request)
        request.make_user = _lazy_user  # type: ignore[attr-defined] # of RequestOnDemand
        request.auser = partial(auth.auser, request)
        return self.get_response(request)


class MessageMiddleware(messages.MessageMiddleware):
    """Makes the storage of messages for a request that shows or leaves some."""

    def __call__(self, request: HttpRequest) -> Any:
        if not is_without_session(request):
            return super().__call__(request)
        request.make_messages = default_storage  # type: ignore[attr-defined] # of RequestOnDemand
        response: Any = self.get_response(request)
        if "_messages" not in vars(request):
            return response
        return self.process_response(request, response)


def is_without_session(request: HttpRequest) -> bool:
    """Whether a session could be opened, and nothing has done so yet."""
    made = vars(request)
    return "make_session" in made and "session" not in made


def nobody_signed_in(request: HttpRequest) -> bool:
    """Whether `request.user` can only be AnonymousUser: it is found out without a session."""
    return is_without_session(request) and "user" not in vars(request)


def find_without_session(request: HttpRequest) -> None:
    """From now on, `request.user` is AnonymousUser where no session is open, and opens none.

    Django would open an empty one and let the answer vary by cookie.
    """
    request.finds_without_session = True  # type: ignore[attr-defined]


@cache
def _on_demand(kind: Any) -> Any:
    """The class of a server's requests, or of a test's, with RequestOnDemand's attributes."""
    return type(kind.__name__, (RequestOnDemand, kind), {"__module__": kind.__module__})


def _lazy_user(request: HttpRequest) -> Any:
    return SimpleLazyObject(partial(_user, request))


def _user(request: HttpRequest) -> Any:
    if hasattr(request, "finds_without_session") and is_without_session(request):
        return AnonymousUser()
    return auth.get_user(request)
