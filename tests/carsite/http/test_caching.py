"""Which answers may be kept, and how an ETag saves the body of those that may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cars.models import Car
from carsite.http.caching import CachePolicyMiddleware

pytestmark = pytest.mark.django_db

PERSONAL = "private, no-store"
COROLLA = {"make": "Toyota", "model": "Corolla", "year": 2020}


@pytest.fixture
def car() -> Car:
    return Car.objects.create(**COROLLA)


@pytest.fixture
def public(car: Car) -> list[str]:
    return ["/cars", "/cars?make=Toyota", f"/cars/{car.pk}", "/schema"]


def test_what_everybody_gets_may_be_kept_and_is_asked_for_again(
    client: Client, public: list[str]
) -> None:
    for path in public:
        first = client.get(path)
        assert first["Cache-Control"] == "no-cache"
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "no-cache")
        assert client.get(path, headers={"if-none-match": '"other"'}).content == first.content


def test_another_list_has_another_etag(client: Client, car: Car) -> None:
    first = client.get("/cars")["ETag"]
    Car.objects.create(**COROLLA)
    answer = client.get("/cars", headers={"if-none-match": first})
    assert answer.status_code == 200
    assert answer["ETag"] != first


def test_users_answers_are_theirs_alone(client: Client, public: list[str]) -> None:
    client.force_login(User.objects.create_user("reader"))
    for path in public:
        answer = client.get(path)
        assert answer["Cache-Control"] == PERSONAL
        assert "ETag" not in answer


def test_answers_to_credentials_are_theirs_alone(client: Client, public: list[str]) -> None:
    for path in public:
        answer = client.get(path, headers={"authorization": "Basic Og=="})
        assert answer["Cache-Control"] == PERSONAL


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/cars", {"headers": {"accept": "text/html"}}),
        ("/cars/none", {}),
        ("/cars?year=x", {}),
        ("/nothing", {}),
        ("/docs", {}),
        ("/", {}),
        ("/api-auth/login/", {}),
        ("/cars?" + "a=1&" * 1200, {}),
    ],
    ids=["page", "no car", "bad filter", "no path", "docs", "redirect", "log-in", "malformed"],
)
def test_anything_else_is_not_kept(client: Client, path: str, given: dict[str, Any]) -> None:
    answer = client.get(path, **given)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert "ETag" not in answer


def test_a_new_car_is_not_kept(client: Client) -> None:
    answer = client.post("/cars", COROLLA, content_type="application/json")
    assert (answer.status_code, answer["Cache-Control"]) == (201, PERSONAL)


@pytest.mark.parametrize("policy", ["", "no-cache", "NO-STORE"])
def test_an_etag_of_a_views_own_stays_and_gets_its_304(rf: RequestFactory, policy: str) -> None:
    headers = {"ETag": '"own"', **({"Cache-Control": policy} if policy else {})}
    middleware: Any = CachePolicyMiddleware(lambda request: HttpResponse("body", headers=headers))
    assert middleware(rf.get("/"))["ETag"] == '"own"'
    assert middleware(rf.get("/", headers={"if-none-match": '"own"'})).status_code == 304
    assert middleware(rf.get("/", headers={"if-none-match": '"other"'})).status_code == 200
