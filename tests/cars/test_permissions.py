"""CARS_WRITES_REQUIRE_LOGIN."""

import base64

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from cars.models import Car

pytestmark = pytest.mark.django_db
COROLLA = {"make": "Toyota", "model": "Corolla", "year": 2020}


def basic(login: str) -> str:
    return f"Basic {base64.b64encode(login.encode()).decode()}"


@pytest.fixture
def closed(settings: Settings) -> None:
    settings.CARS_WRITES_REQUIRE_LOGIN = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # at once


def test_anyone_writes_by_default(client: Client) -> None:
    answer = client.post("/cars", COROLLA, content_type="application/json")
    assert answer.status_code == 201


def test_with_the_setting_strangers_read_only(client: Client, closed: None) -> None:
    answer = client.post("/cars", COROLLA, content_type="application/json")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="cars"')
    assert Car.objects.count() == 0
    assert client.get("/cars").status_code == 200


@pytest.mark.parametrize("login", ["writer:wrong", "nobody:a-password", "nobody", "\0:\0"])
def test_a_log_in_that_fails_is_challenged_again(client: Client, closed: None, login: str) -> None:
    User.objects.create_user("writer", password="a-password-for-tests")
    answer = client.post(
        "/cars", COROLLA, content_type="application/json", headers={"Authorization": basic(login)}
    )
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="cars"')
    assert Car.objects.count() == 0


def test_who_is_known_and_may_not_is_refused_without_a_challenge(closed: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("writer"))
    answer = client.post("/cars", COROLLA, content_type="application/json")
    assert answer.status_code == 403
    assert "WWW-Authenticate" not in answer


def test_with_the_setting_users_write(client: Client, closed: None) -> None:
    client.force_login(User.objects.create_user("writer"))
    answer = client.post("/cars", COROLLA, content_type="application/json")
    assert answer.status_code == 201


def test_with_the_setting_basic_authentication_writes_too(client: Client, closed: None) -> None:
    User.objects.create_user("writer", password="a-password-for-tests")
    answer = client.post(
        "/cars",
        COROLLA,
        content_type="application/json",
        headers={"Authorization": basic("writer:a-password-for-tests")},
    )
    assert answer.status_code == 201


@pytest.mark.django_db(transaction=True)  # as in production: a POST is in autocommit
def test_users_have_keys_of_their_own(client: Client) -> None:
    def post() -> str:
        answer = client.post(
            "/cars", COROLLA, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201
        return str(answer.json()["id"])

    anonymous = post()
    client.force_login(User.objects.create_user("writer"))
    own = post()
    assert own != anonymous
    assert post() == own
