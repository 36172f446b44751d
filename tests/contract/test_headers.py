"""Headers that have to survive a gateway: caching, problem details, what was ignored."""

from __future__ import annotations

import pytest

from tests.contract.cars import COROLLA, add
from tests.rig.service import Client
from tests.rig.services import ENTRIES

pytestmark = [
    pytest.mark.contract,
    pytest.mark.parametrize("service", ENTRIES, indirect=True),
]


def test_an_etag_saves_the_body(client: Client) -> None:
    for _ in range(20):  # enough for a gateway to compress
        add(client)
    first = client.get("/cars")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/cars", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    add(client)
    assert client.get("/cars", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_error_is_a_problem_for_who_asks(client: Client) -> None:
    wanted = {"Accept": "application/json, application/problem+json"}
    answer = client.post("/cars", json={**COROLLA, "year": 1}, headers=wanted)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [error["field"] for error in answer.json()["errors"]] == ["year"]


def test_what_is_ignored_is_named_and_a_replay_says_so(client: Client) -> None:
    key = {"Idempotency-Key": "k", "Idempotency-Client": "a-secret-of-this-client"}
    answers = [client.post("/cars", json={**COROLLA, "millage": 7}, headers=key) for _ in range(2)]
    assert [answer.headers["X-Ignored"] for answer in answers] == ["millage"] * 2
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]


def test_a_slash_too_many_leads_to_the_list(client: Client) -> None:
    answer = client.get("/cars/?page_size=1")
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        f"{client.prefix}/cars?page_size=1",
    )
