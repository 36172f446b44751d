"""POST /cars with an Idempotency-Key."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.contract.cars import COROLLA
from tests.rig.service import Client, Service

pytestmark = pytest.mark.contract


def post(client: Client, key: str, **fields: Any) -> requests.Response:
    return client.post("/cars", json={**COROLLA, **fields}, headers={"Idempotency-Key": key})


def count(service: Service) -> int:
    number: int = service.rows("SELECT count(*) FROM cars_car")[0][0]
    return number


def test_the_same_key_and_body_give_the_same_answer(client: Client, service: Service) -> None:
    key = str(uuid.uuid4())
    first, *others = [post(client, key) for _ in range(3)]
    assert first.status_code == 201
    for other in others:
        assert (other.status_code, other.json()) == (201, first.json())
        # Two regions have two names here; behind a custom domain they have one.
        paths = {urlsplit(each.headers["Location"]).path for each in (first, other)}
        assert paths == {f"{client.prefix}/cars/{first.json()['id']}"}
    assert count(service) == 1


def test_a_body_is_the_same_in_another_order_and_notation(client: Client) -> None:
    first = client.post("/cars", json=COROLLA, headers={"Idempotency-Key": "k"})
    body = '{ "year": "2020", "model": " Corolla ", "make": "Toyota" }'
    again = client.post(
        "/cars", data=body, headers={"Idempotency-Key": "k", "Content-Type": "application/json"}
    )
    assert (again.status_code, again.json()) == (201, first.json())


def test_a_default_that_is_spelled_out_is_the_same_body(client: Client) -> None:
    first = post(client, "k")
    again = post(client, "k", vin=None, color=None, mileage=0)
    assert (again.status_code, again.json()) == (201, first.json())


def test_another_body_under_the_key_is_422(client: Client, service: Service) -> None:
    post(client, "k")
    answer = post(client, "k", mileage=1)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]
    assert count(service) == 1


def test_a_key_with_a_vin_can_be_sent_again(client: Client, service: Service) -> None:
    answers = [post(client, "k", vin="JTDBR32E720012345") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert count(service) == 1


def test_the_vin_of_another_car_is_400_under_a_key_too(client: Client) -> None:
    post(client, "first", vin="JTDBR32E720012345")
    answer = post(client, "second", vin="JTDBR32E720012345")
    assert (answer.status_code, set(answer.json())) == (400, {"vin"})


def test_other_keys_make_other_cars(client: Client, service: Service) -> None:
    assert len({post(client, key).json()["id"] for key in ("a", "b", "A")}) == 3


def test_an_invalid_body_does_not_use_the_key_up(client: Client) -> None:
    assert post(client, "k", year=1).status_code == 400
    assert post(client, "k").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9"])
def test_a_key_that_cannot_be_is_named(client: Client, service: Service, key: str) -> None:
    answer = client.post("/cars", json=COROLLA, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, set(answer.json())) == (400, {"Idempotency-Key"})
    assert count(service) == 0


def test_fifty_at_once_make_one_car(client: Client, service: Service) -> None:
    """Fifty requests, one key: one row, fifty equal answers."""
    key = str(uuid.uuid4())
    # Django's development server refuses connections when more than ten are waiting for it.
    at_once = 8 if service.name == "local" else 50

    def send(_: int) -> tuple[int, str]:
        with service.client() as own:
            answer = post(own, key, vin="JTDBR32E720012345")
            return answer.status_code, answer.text

    with ThreadPoolExecutor(at_once) as threads:
        answers = set(threads.map(send, range(50)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert count(service) == 1
