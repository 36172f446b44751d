"""The order and the size of pages, and what their cursor may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from cars.models import Car

pytestmark = pytest.mark.django_db

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def store(count: int, *, apart: timedelta = timedelta(seconds=1)) -> list[str]:
    """Make that many cars, one after the other; their ids, the newest car's first."""
    cars = Car.objects.bulk_create(
        Car(
            id=UUID(int=number),
            make="Saab",
            model="96",
            year=1967,
            created_at=BEGINNING + number * apart,
        )
        for number in range(count)
    )
    return [str(car.id) for car in reversed(cars)]


def ids(query: str) -> list[str]:
    return [car["id"] for car in Client().get(f"/cars?{query}").json()["results"]]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 50), ("page_size=1", 1), ("page_size=200", 200), ("page_size=201", 200)],
)
def test_a_page_has_the_newest_cars_as_many_as_it_was_asked_for(query: str, count: int) -> None:
    newest = store(202)
    assert ids(query) == newest[:count]


@pytest.mark.parametrize("size", ["999", "00000000200", "9" * 5000], ids=["3", "11", "5000"])
def test_a_number_of_so_many_digits_is_a_size(size: str) -> None:
    store(201)
    assert len(ids(f"page_size={size}")) == 200


@pytest.mark.parametrize("size", ["0", "000", "-1", "1.5", "many", "٣"])
def test_a_size_that_is_no_number_above_0_is_refused_by_name(size: str) -> None:
    refused = Client().get(f"/cars?page_size={size}")
    assert refused.status_code == 400
    assert "Enter a whole number above 0." in str(refused.json())
    assert "page_size" in str(refused.json())


def test_cars_of_one_moment_are_neither_lost_nor_repeated_between_pages() -> None:
    newest = store(5, apart=timedelta(0))
    seen: list[str] = []
    address = "/cars?page_size=2"
    while address:
        page = Client().get(address).json()
        seen += [car["id"] for car in page["results"]]
        address = page["next"]
    assert seen == newest


@pytest.mark.parametrize("query", ["cursor=", "cursor=&page_size=", "page_size=2&cursor="])
def test_an_empty_cursor_is_the_first_page(query: str) -> None:
    newest = store(3)
    size = 2 if "page_size=2" in query else 50
    assert ids(query) == newest[:size]


def test_a_cursor_that_nobody_gave_is_refused() -> None:
    assert Client().get("/cars?cursor=bm9uc2Vuc2U").status_code == 404
