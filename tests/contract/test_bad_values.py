"""Values that a database would refuse, each in its own words: on every one of them they are 400."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from tests.contract.cars import COROLLA, add
from tests.rig.service import Client

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("field", "value"),
    [("make", "a\0b"), ("model", "x" * 101), ("year", 10**30), ("mileage", 2**31), ("mileage", -1)],
)
def test_a_value_that_no_column_can_hold_is_named(client: Client, field: str, value: Any) -> None:
    body = json.dumps({**COROLLA, field: value})
    answer = client.post("/cars", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, set(answer.json())) == (400, {field})
    assert client.get("/cars").json()["results"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("make", "\0"), ("year", "9" * 30), ("year_min", "-1"), ("page_size", "9" * 30 + "x")],
)
def test_a_filter_that_no_column_compares_with_is_named(
    client: Client, name: str, value: str
) -> None:
    answer = client.get("/cars", params={name: value})
    assert (answer.status_code, set(answer.json())) == (400, {name})


@pytest.mark.parametrize("path", ["/cars/1", "/cars/%00", "/cars/%FF", "/nothing"])
def test_an_id_that_is_none_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("position", [b"p=%00", b"p=0001-01-01T00:00:00%2B14:00 x", b"p=nonsense"])
def test_a_cursor_of_somebody_elses_making_is_404(client: Client, position: bytes) -> None:
    assert client.get(f"/cars?cursor={b64encode(position).decode()}").status_code == 404


def test_a_vin_is_given_once(client: Client) -> None:
    add(client, vin="JTDBR32E720012345")
    answer = client.post("/cars", json={**COROLLA, "vin": "JTDBR32E720012345"})
    assert answer.status_code == 400
    assert answer.json() == {"vin": ["A car with this VIN already exists."]}
    assert len(client.get("/cars").json()["results"]) == 1
