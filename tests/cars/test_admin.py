"""The admin's change list, counted: few queries, none of which reads the whole table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cars.admin import CarAdmin
from cars.models import Car

pytestmark = pytest.mark.django_db
LIST = "/admin/cars/car/"


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("keeper"))
    return client


def fill(count: int) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    Car.objects.bulk_create(
        Car(make="Fiat", model="Panda", year=1980, created_at=first + timedelta(minutes=number))
        for number in range(count)
    )


def queries(admin: Client, query: str = "") -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert admin.get(f"{LIST}{query}").status_code == 200
    return [entry["sql"] for entry in captured.captured_queries]


def test_more_cars_take_no_more_queries(admin: Client) -> None:
    fill(5)
    few = len(queries(admin))
    fill(300)
    assert len(queries(admin)) == few
    assert few <= 8


def test_nothing_counts_the_cars(admin: Client) -> None:
    fill(300)
    for query in ("", "?p=2", "?o=6", "?q=Fiat", "?make=Fiat", "?created_at__year=2026"):
        statements = [sql for sql in queries(admin, query) if "cars_car" in sql]
        assert statements
        for sql in statements:
            assert "COUNT(" not in sql.upper()
            assert "DISTINCT" not in sql.upper()
            assert " LIMIT " in sql or "MIN(" in sql, sql
            assert "ORDER BY" not in sql or 'ORDER BY "cars_car"."created_at" DESC' in sql, sql


@pytest.mark.parametrize(("page", "rows", "known"), [(1, 50, 251), (2, 50, 301), (13, 50, 650)])
def test_the_list_knows_the_pages_ahead(admin: Client, page: int, rows: int, known: int) -> None:
    fill(650)
    change_list = admin.get(f"{LIST}?p={page}").context["cl"]
    assert len(change_list.result_list) == rows
    assert change_list.result_count == known


@pytest.mark.parametrize(("page", "says"), [(1, "More than 250 cars"), (9, "650 cars")])
def test_the_list_says_when_there_are_more(admin: Client, page: int, says: str) -> None:
    fill(650)
    assert says in " ".join(admin.get(f"{LIST}?p={page}").content.decode().split())


def test_the_box_of_a_row_is_djangos_and_says_which_car(admin: Client) -> None:
    car = Car.objects.create(make="<b>", model="&", year=2000)
    own = ModelAdmin.action_checkbox(CarAdmin(Car, site), car)
    assert f'<td class="action-checkbox">{own}</td>' in admin.get(LIST).content.decode()


def test_a_page_after_the_last_leads_back(admin: Client) -> None:
    fill(120)
    assert admin.get(f"{LIST}?p=9").headers["Location"].endswith("?e=1")


def test_months_without_cars_are_offered_between_the_first_and_the_last(admin: Client) -> None:
    fill(1)
    Car.objects.create(make="a", model="b", year=2000, created_at=datetime(2026, 4, 2, tzinfo=UTC))
    page = admin.get(LIST).content.decode()
    assert [month in page for month in ("January", "February", "March", "April", "May 2026")] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_many_years_are_offered_as_years(admin: Client) -> None:
    fill(1)
    Car.objects.create(make="a", model="b", year=2000, created_at=datetime(2023, 4, 2, tzinfo=UTC))
    page = admin.get(LIST).content.decode()
    assert all(f"created_at__year={year}" in page for year in (2023, 2024, 2025, 2026))


@pytest.mark.parametrize(
    "query",
    [
        "make__regex=^a.*b$",
        "make__icontains=a",
        "mileage=7",
        "mileage__gt=7",
        "color__isnull=1",
        "created_at__month=5",
        "created_at__week=5",
        "created_at__date=2026-01-01",
        "idempotency_fingerprint__contains=a",
        "updated_at__year=2026",
    ],
)
def test_the_table_cannot_be_scanned_by_its_address(admin: Client, query: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert admin.get(f"{LIST}?{query}").status_code == 400
    assert not any('FROM "cars_car" WHERE' in each["sql"] for each in captured)


@pytest.mark.parametrize(
    "query",
    [
        "make=Fiat",
        "make__exact=Fiat",
        "year=1985",
        "decade=1980",
        "vin__isempty=1",
        "created_at__year=2026&created_at__month=5&created_at__day=7",
        "q=Fiat&p=2&o=1",
    ],
)
def test_what_the_filters_offer_is_taken(admin: Client, query: str) -> None:
    assert admin.get(f"{LIST}?{query}").status_code == 200
