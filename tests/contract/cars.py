"""Cars for the contract's tests, made and listed through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.rig.service import Client

COROLLA: dict[str, Any] = {"make": "Toyota", "model": "Corolla", "year": 2020}


def add(client: Client, **fields: Any) -> dict[str, Any]:
    """A new car with these fields, the rest a Corolla's; its JSON."""
    answer = client.post("/cars", json={**COROLLA, **fields})
    assert answer.status_code == 201, answer.text
    car: dict[str, Any] = answer.json()
    return car


def add_many(client: Client, count: int) -> list[str]:
    """The ids of new cars, oldest first."""
    return [add(client, mileage=number)["id"] for number in range(count)]


def pages(client: Client, url: str | None, link: str = "next") -> Iterator[dict[str, Any]]:
    """This page and all that its links lead to."""
    while url is not None:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        yield page
        url = page[link]
