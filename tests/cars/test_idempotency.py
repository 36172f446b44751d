"""What a key makes of a car: whose it is, what counts as the same body, and what a replay says."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cars.idempotency import CLIENT_HEADER, REPLAYED, fingerprint

COROLLA = {"make": "Toyota", "model": "Corolla", "year": 2020}
SECRET = "0c9f6f2e-6d0c-4f0c-9d55-3f2b1f6a7b10"

# Of the body below, by version 1.0.0.
EARLIER = "5e61066646d2684a1bd7cab48e47a814e952c62f8fdcbae0698973f96b0500f3"

autocommit = pytest.mark.django_db(transaction=True)  # as in production


def post(key: str | None, secret: str | None = None, client: Client | None = None) -> Any:
    named = {"Idempotency-Key": key, CLIENT_HEADER: secret}
    headers = {name: value for name, value in named.items() if value is not None}
    return (client or Client()).post(
        "/cars", COROLLA, content_type="application/json", headers=headers
    )


@autocommit
def test_a_replay_says_so() -> None:
    first, again, other = post("a"), post("a"), post("b")
    assert [answer.status_code for answer in (first, again, other)] == [201] * 3
    assert [answer.headers.get(REPLAYED) for answer in (first, again, other)] == [
        None,
        "true",
        None,
    ]
    assert REPLAYED not in post(None)


@autocommit
def test_a_client_with_a_secret_has_keys_of_its_own() -> None:
    squatted, own, again = post("order-17"), post("order-17", SECRET), post("order-17", SECRET)
    assert len({squatted.json()["id"], own.json()["id"]}) == 2
    assert again.json() == own.json()
    assert (REPLAYED in own, REPLAYED in again) == (False, True)
    assert post("order-17", SECRET[:-1] + "f").json()["id"] != own.json()["id"]


@autocommit
def test_a_users_secret_is_a_part_of_that_users_keys() -> None:
    client = Client()
    client.force_login(User.objects.create_user("writer"))
    cars = {post("a", secret, client).json()["id"] for secret in (None, SECRET)}
    assert len(cars | {post("a", SECRET).json()["id"]}) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["", "short", "x" * 256, "caf\xe9" * 8])
def test_a_secret_that_is_none_is_named(secret: str) -> None:
    answer = post("a", secret)
    assert (answer.status_code, set(answer.json())) == (400, {CLIENT_HEADER})
    assert post(None, secret).status_code == 201  # without a key it is not looked at


def test_a_fingerprint_stays_what_it_was() -> None:
    """Cars that were made by an earlier version have it in the database."""
    assert (
        fingerprint({**COROLLA, "vin": None, "mileage": 0, "model": 'Š "x"\u2028\x7f\b'}) == EARLIER
    )


@pytest.mark.parametrize(
    "value",
    [
        Decimal("9.90"),
        Decimal("1E+2"),
        date(2026, 1, 1),
        uuid.UUID(int=7),
        {"b", "a", "c"},
        10**30,
        [Decimal(1), {"a": uuid.UUID(int=1)}],
        User(pk=7),
    ],
    ids=["decimal", "exponent", "date", "uuid", "set", "long", "nested", "object"],
)
def test_a_field_may_be_no_column_and_of_any_type(value: Any) -> None:
    first = fingerprint({**COROLLA, "options": value})
    assert first == fingerprint({"options": value, **COROLLA})
    assert first != fingerprint(COROLLA)


def test_a_number_is_the_same_in_another_notation() -> None:
    assert fingerprint({"price": Decimal("9.90")}) == fingerprint({"price": Decimal("9.9")})
    assert fingerprint({"price": Decimal("9.90")}) != fingerprint({"price": Decimal("9.91")})
