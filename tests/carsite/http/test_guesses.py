"""Guessing passwords is slowed down, wherever a password is checked."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core import serializers
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.utils import timezone

from carsite.http.guesses import TooManyGuessesError
from carsite.models import Guess
from carsite.serverless.schedules import clear_sessions

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "the-right-one", "a-wrong-one"
HERE, THERE = "203.0.113.7", "198.51.100.9"
CAR = {"make": "Saab", "model": "96", "year": 1967}


@pytest.fixture(autouse=True)
def keeper(settings: Any) -> User:
    """A user, whose password is checked quickly; three failures are allowed, five of an address."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    settings.LOGIN_FAILURES_PER_ADDRESS = 5
    settings.CARS_WRITES_REQUIRE_LOGIN = True
    return User.objects.create_superuser("keeper", password=RIGHT)


def by_basic(password: str, name: str = "keeper", address: str = HERE) -> Any:
    credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
    return Client(REMOTE_ADDR=address).post(
        "/cars",
        json.dumps(CAR),
        content_type="application/json",
        headers={"authorization": f"Basic {credentials}"},
    )


def by_page(path: str) -> Callable[..., Any]:
    def login(password: str, name: str = "keeper", address: str = HERE) -> Any:
        form = {"username": name, "password": password}
        return Client(REMOTE_ADDR=address).post(path, form)

    return login


DOORS = {
    "HTTP Basic": (by_basic, 201, 401),
    "admin": (by_page("/admin/login/"), 302, 200),
    "browsable API": (by_page("/api-auth/login/"), 302, 200),
}


@pytest.mark.parametrize("door", DOORS)
def test_after_some_failures_not_even_the_right_password_is_checked(door: str) -> None:
    login, welcome, refused = DOORS[door]
    assert [login(WRONG).status_code for _ in range(3)] == [refused] * 3
    answer = login(RIGHT)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    # At every door, and from everywhere; other accounts are not affected.
    assert by_basic(RIGHT, address=THERE).status_code == 429
    User.objects.create_superuser("other", password=RIGHT)
    assert login(RIGHT, name="other").status_code == welcome


def test_an_address_may_not_try_one_password_on_many_accounts() -> None:
    for number in range(5):
        assert by_basic(WRONG, name=f"user{number}").status_code == 401
    assert by_basic(RIGHT).status_code == 429
    assert by_basic(RIGHT, address=THERE).status_code == 201


def test_an_ipv6_address_counts_with_its_network() -> None:
    for number in range(5):
        by_basic(WRONG, name=f"user{number}", address=f"2001:db8:1:2::{number}")
    assert by_basic(RIGHT, address="2001:db8:1:2:ffff::1").status_code == 429
    assert by_basic(RIGHT, address="2001:db8:1:3::1").status_code == 201


def test_right_passwords_do_not_count() -> None:
    assert [by_basic(RIGHT).status_code for _ in range(6)] == [201] * 6
    assert Guess.objects.count() == 0


@pytest.mark.parametrize("setting", ["LOGIN_FAILURES_PER_ACCOUNT", "LOGIN_FAILURES_PER_ADDRESS"])
def test_zero_is_no_limit(settings: Any, setting: str) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = settings.LOGIN_FAILURES_PER_ADDRESS = 3
    setattr(settings, setting, 0)
    name = "user{}" if setting == "LOGIN_FAILURES_PER_ADDRESS" else "keeper"
    address = HERE if setting == "LOGIN_FAILURES_PER_ADDRESS" else "203.0.113.{}"
    for number in range(4):
        assert by_basic(WRONG, name.format(number), address.format(number)).status_code == 401


def test_failures_are_forgotten_after_a_while() -> None:
    for _ in range(3):
        by_basic(WRONG)
    Guess.objects.update(at=timezone.now() - timedelta(minutes=15))
    assert by_basic(RIGHT).status_code == 201
    by_basic(WRONG)
    assert Guess.objects.count() == 8
    clear_sessions({}, None)
    assert Guess.objects.count() == 2


@pytest.mark.parametrize("address", ["::ffff:203.0.113.7", HERE])
def test_an_ipv4_address_counts_alone_however_it_is_written(address: str) -> None:
    for number in range(5):
        by_basic(WRONG, name=f"user{number}", address=address)
    assert by_basic(RIGHT, address=HERE).status_code == 429
    assert by_basic(RIGHT, address="::ffff:203.0.113.8").status_code == 201


@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0"])
def test_an_address_that_is_none_stops_nobody(address: str) -> None:
    assert by_basic(RIGHT, address=address).status_code == 201


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared; while one is, another attempt arrives."""
    checked: list[str] = []
    compare = ModelBackend.authenticate

    def noted(self: Any, request: Any, username: str, password: str) -> Any:
        checked.append(password)
        if len(checked) < 20:
            by_basic(f"{WRONG}-{len(checked)}")
        return compare(self, request, username, password)

    monkeypatch.setattr(ModelBackend, "authenticate", noted)
    return checked


def test_no_more_are_checked_however_many_arrive_together(checks: list[str]) -> None:
    by_basic(WRONG)
    assert len(checks) == 3
    assert by_basic(RIGHT).status_code == 429
    assert len(checks) == 3


def test_attempts_that_were_stored_in_between_count(monkeypatch: pytest.MonkeyPatch) -> None:
    store = QuerySet.bulk_create

    def others_first(self: Any, guesses: list[Guess]) -> Any:
        for _ in range(3):
            store(self, [Guess(key=each.key) for each in guesses])
        return store(self, guesses)

    monkeypatch.setattr(QuerySet, "bulk_create", others_first)
    assert by_basic(RIGHT).status_code == 429
    assert Guess.objects.count() == 6  # those of the others


def test_asynchronous_views_are_no_way_around() -> None:
    request = RequestFactory(REMOTE_ADDR=HERE).post("/")
    login = async_to_sync(aauthenticate)
    assert [login(request, username="keeper", password=WRONG) for _ in range(3)] == [None] * 3
    with pytest.raises(TooManyGuessesError):
        login(request, username="keeper", password=RIGHT)


def test_users_who_sign_in_by_another_field_are_counted_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_user_model(), "USERNAME_FIELD", "email")
    for _ in range(3):
        assert authenticate(email="keeper@example.com", password=WRONG) is None
    with pytest.raises(TooManyGuessesError):
        authenticate(email="keeper@example.com", password=WRONG)
    assert authenticate(email="other@example.com", password=WRONG) is None


@pytest.mark.parametrize("door", DOORS)
def test_each_failure_is_one_line_that_names_nobody(
    door: str, caplog: pytest.LogCaptureFixture
) -> None:
    login, _, _ = DOORS[door]
    with caplog.at_level(logging.INFO, "carsite"):
        for _ in range(4):
            login(WRONG)
    lines = [each.getMessage() for each in caplog.records if each.name == "carsite.http.guesses"]
    failures = [line for line in lines if line.startswith("Login failed: account ")]
    assert len(failures) == 3
    assert len(set(failures)) == 1  # the same account has the same hash
    assert [line for line in lines if line not in failures] == [
        failures[0].replace("Login failed", "Login refused, too many of this account")
    ]
    kept = serializers.serialize("json", Guess.objects.all()) + "".join(lines)
    for secret in ("keeper", HERE, WRONG):
        assert secret not in kept
