"""Sessions, users and messages work as Django documents, and are made when they are used."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import cache_control
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cars.views import CarList
from carsite.http.sessions import (
    AuthenticationMiddleware,
    MessageMiddleware,
    OnDemand,
    SessionMiddleware,
)
from carsite.urls import urlpatterns as service

pytestmark = pytest.mark.django_db

AUTH = "django.contrib.auth.middleware"
JSON = {"accept": "application/json"}
SESSION = django_settings.SESSION_COOKIE_NAME


@cache_control(no_cache=True)
def whoami(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


urlpatterns = [*service, path("whoami", whoami), path("carsharing", whoami)]


@pytest.fixture(params=[True, False], ids=["prepared", "plain"], autouse=True)
def prepared(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.CARS_PREPARED = request.param
    return bool(request.param)


@pytest.fixture
def add_middleware(settings: Any) -> Callable[[str], None]:
    """Puts one right after the AuthenticationMiddleware."""

    def add(name: str) -> None:
        (at,) = (
            number
            for number, each in enumerate(settings.MIDDLEWARE)
            if each.endswith(".AuthenticationMiddleware")
        )
        chain = [*settings.MIDDLEWARE]
        chain.insert(at + 1, name)
        settings.MIDDLEWARE = chain

    return add


@pytest.fixture
def in_the_view(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Request], Any]], None]:
    """Has a permission of /cars do something with each request."""

    def place(action: Callable[[Request], Any]) -> None:
        class Acts(BasePermission):
            def has_permission(self, request: Request, view: Any) -> bool:
                action(request)
                return True

        monkeypatch.setattr(CarList, "permission_classes", [Acts])

    return place


@pytest.mark.parametrize(
    "name",
    [
        f"{AUTH}.RemoteUserMiddleware",
        f"{AUTH}.PersistentRemoteUserMiddleware",
        f"{AUTH}.LoginRequiredMiddleware",
    ],
)
def test_middleware_that_asks_for_the_user_works(
    client: Client, add_middleware: Callable[[str], None], name: str
) -> None:
    add_middleware(name)
    assert client.get("/cars", headers=JSON).status_code == 200


@pytest.mark.parametrize("kind", ["RemoteUserMiddleware", "PersistentRemoteUserMiddleware"])
def test_the_api_knows_whom_a_server_in_front_has_signed_in(
    client: Client,
    add_middleware: Callable[[str], None],
    in_the_view: Callable[..., None],
    settings: Any,
    kind: str,
) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    add_middleware(f"{AUTH}.{kind}")
    users: list[Any] = []
    in_the_view(lambda request: users.append(request.user))
    assert client.get("/cars", headers=JSON, REMOTE_USER="reader").status_code == 200
    assert users == [User.objects.get(username="reader")]


def jwt_middleware(get_response: Any) -> Any:
    """Knows users by something else than a session, as late as Django's own."""

    def middleware(request: HttpRequest) -> Any:
        request.user = SimpleLazyObject(lambda: User(username="bearer"))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def test_the_api_knows_the_user_of_another_middleware(
    client: Client, add_middleware: Callable[[str], None], in_the_view: Callable[..., None]
) -> None:
    add_middleware(f"{__name__}.jwt_middleware")
    users: list[str] = []
    in_the_view(lambda request: users.append(str(request.user)))
    client.get("/cars", headers=JSON)
    assert users == ["bearer"]


def test_a_view_of_the_api_reads_the_session(
    client: Client, in_the_view: Callable[..., None]
) -> None:
    found: list[Any] = []
    in_the_view(lambda request: found.append(request.session.get("key", "nothing")))
    answer = client.get("/cars", headers=JSON)
    assert (answer.status_code, found) == (200, ["nothing"])
    assert "Cookie" in answer["Vary"]
    assert not answer.cookies


def test_what_a_view_of_the_api_writes_into_the_session_is_stored(
    client: Client, in_the_view: Callable[..., None]
) -> None:
    in_the_view(lambda request: request.session.update({"key": "value"}))
    answer = client.get("/cars", headers=JSON)
    assert answer.status_code == 200
    stored = Session.objects.get(pk=answer.cookies[SESSION].value)
    assert stored.get_decoded() == {"key": "value"}


def test_a_message_of_the_api_is_shown_with_the_next_request(
    client: Client, in_the_view: Callable[..., None]
) -> None:
    in_the_view(lambda request: messages.info(request, "Hello"))
    assert client.get("/cars", headers=JSON).status_code == 200
    shown: list[str] = []
    in_the_view(lambda request: shown.extend(map(str, messages.get_messages(request))))
    client.get("/cars", headers=JSON)
    client.get("/cars", headers=JSON)
    assert shown == ["Hello"]


def test_who_logs_in_within_the_api_is_known_by_the_cookie(
    client: Client, in_the_view: Callable[..., None]
) -> None:
    user = User.objects.create_user("reader")
    in_the_view(lambda request: login(request, user))
    answer = client.get("/cars", headers=JSON)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert SESSION in answer.cookies
    users: list[Any] = []
    in_the_view(lambda request: users.append(request.user))
    client.get("/cars", headers=JSON)
    assert users == [user]


def test_who_has_logged_in_is_known_to_the_api(client: Client) -> None:
    user = User.objects.create_user("reader")
    assert client.get("/cars").wsgi_request.user.is_anonymous
    client.force_login(user)
    assert client.get("/cars").wsgi_request.user == user


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("where", ["/whoami", "/carsharing"])
def test_a_view_that_asks_for_the_user_varies_by_cookie(client: Client, where: str) -> None:
    answer = client.get(where, headers=JSON)
    assert (answer.content.decode(), answer["Vary"]) == (str(AnonymousUser()), "Cookie")


@pytest.mark.parametrize("cookie", ["", "anything=1", f"{SESSION}="])
def test_the_api_opens_no_session_for_a_stranger(
    client: Client, prepared: bool, cookie: str
) -> None:
    answer = client.get("/cars", headers={**JSON, "cookie": cookie})
    assert ("Cookie" in answer["Vary"]) is (not prepared or SESSION in cookie)


def test_a_cookie_of_no_session_is_deleted(client: Client) -> None:
    answer = client.get("/cars", headers={**JSON, "cookie": f"{SESSION}=unknown"})
    assert answer.cookies[SESSION]["max-age"] == 0


def middlewares(view: Callable[[HttpRequest], HttpResponse]) -> Any:
    """The three of the settings around a view, called by hand."""
    return SessionMiddleware(AuthenticationMiddleware(MessageMiddleware(view)))


@pytest.fixture
def on_the_way_in(rf: RequestFactory) -> Callable[..., HttpResponse]:
    """The answer to a request that is as given, and that a view does something with."""

    def answer(action: Callable[[Any], object], **attributes: Any) -> HttpResponse:
        request: Any = rf.get("/")
        vars(request).update(attributes)

        def view(request: HttpRequest) -> HttpResponse:
            action(request)
            return HttpResponse()

        given: HttpResponse = middlewares(view)(request)
        return given

    return answer


def test_a_copy_of_a_request_has_its_session_user_and_messages(
    on_the_way_in: Callable[..., HttpResponse],
) -> None:
    answer = on_the_way_in(lambda request: copy.copy(request).session.update({"key": "value"}))
    assert SESSION in answer.cookies
    user = User.objects.create_user("reader")
    answer = on_the_way_in(lambda request: login(copy.copy(request), user))
    assert SESSION in answer.cookies
    answer = on_the_way_in(lambda request: messages.info(copy.copy(request), "Hello"))
    assert django_settings.MESSAGES_COOKIE_NAME in answer.cookies


def test_what_a_request_brings_along_is_replaced(
    on_the_way_in: Callable[..., HttpResponse],
) -> None:
    found: list[Any] = []
    on_the_way_in(
        lambda request: found.extend([request.user.is_anonymous, request.session.get("key")]),
        user=User(username="stranger"),
        session={"key": "value"},
    )
    assert found == [True, None]


def test_a_request_may_pass_the_middlewares_twice(rf: RequestFactory) -> None:
    def view(request: Any) -> HttpResponse:
        request.session["times"] = request.session.get("times", 0) + 1
        return HttpResponse(str(request.session["times"]))

    request = rf.get("/")
    answers = [middlewares(view)(request) for _ in range(2)]
    assert [answer.content for answer in answers] == [b"1", b"1"]


def test_an_attribute_can_be_deleted(on_the_way_in: Callable[..., HttpResponse]) -> None:
    def forget(request: Any) -> None:
        del request.user, request.session
        assert not hasattr(request, "user")

    assert on_the_way_in(forget).status_code == 200


class KnowsEverybody(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = User(username="somebody")


def test_a_subclass_does_what_it_adds(rf: RequestFactory) -> None:
    view = KnowsEverybody(lambda request: HttpResponse(str(request.user)))
    assert SessionMiddleware(view)(rf.get("/")).content == b"somebody"


class GreetsEverybody(SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.session["greeting"] = "Hello"


def test_a_subclass_of_the_first_one_does_too(rf: RequestFactory) -> None:
    answer = GreetsEverybody(lambda request: HttpResponse())(rf.get("/"))
    assert SESSION in answer.cookies


def test_an_object_on_demand_is_one_of_djangos() -> None:
    """It sets what Django's own keeps: django.utils.functional.LazyObject and SimpleLazyObject."""

    def kept(lazy: object) -> Any:
        return object.__getattribute__(lazy, "__dict__")

    on_demand, djangos = OnDemand(User), SimpleLazyObject(User)
    assert kept(on_demand) == kept(djangos)
    assert on_demand.is_anonymous is djangos.is_anonymous is False
    assert kept(on_demand).keys() == kept(djangos).keys()


def test_a_message_of_an_asynchronous_view_is_not_lost(async_rf: Any) -> None:
    async def view(request: Any) -> HttpResponse:
        messages.info(request, "Hello")
        return HttpResponse()

    request = async_rf.get("/")
    request.session = OnDemand(SessionStore)
    answer = async_to_sync(MessageMiddleware(view))(request)
    assert django_settings.MESSAGES_COOKIE_NAME in answer.cookies
