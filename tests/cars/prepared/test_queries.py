"""SQL that is composed once does what Django's own does."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cars.models import Car
from cars.prepared.queries import Parameter, PreparedQuery

pytestmark = pytest.mark.django_db


def column(name: str) -> Parameter:
    return Parameter(name, Car._meta.get_field(name))


def cars(*years: int) -> list[Car]:
    return [Car.objects.create(make="Saab", model="96", year=year) for year in years]


def test_a_prepared_query_gives_the_rows_of_values() -> None:
    cars(1960, 1965, 1970)
    queryset = Car.objects.filter(year=column("year")).values("id", "year", "created_at", "vin")
    query = PreparedQuery(queryset)
    for year in (1960, 1970, 1980):
        expected = Car.objects.filter(year=year).values("id", "year", "created_at", "vin")
        assert query.rows(year=year) == list(expected)


def test_constants_and_parameters_mix() -> None:
    one, _ = cars(1960, 1970)
    query = PreparedQuery(
        Car.objects.filter(make="Saab", id=column("id"), year__lt=1965).values("make")
    )
    assert query.rows(id=one.pk) == [{"make": "Saab"}]
    assert query.rows(id=uuid.uuid4()) == []


def test_a_parameter_without_a_value_is_named() -> None:
    query = PreparedQuery(Car.objects.filter(id=column("id")).values("make"))
    with pytest.raises(KeyError, match="id"):
        query.rows()


def test_values_are_never_part_of_the_text() -> None:
    query = PreparedQuery(Car.objects.filter(make=column("make")).values("make"))
    assert query.rows(make="' OR '1'='1") == []
    assert query.rows(make="%s") == []


@pytest.mark.parametrize("path", ["/cars", "/cars/{id}", "/cars?make=Saab"])
def test_reading_takes_one_query(path: str) -> None:
    (car,) = cars(1960)
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(path.format(id=car.pk)).status_code == 200
    assert len(queries) == 1


def test_adding_takes_one_query() -> None:
    body = {"make": "Saab", "model": "96", "year": 1960}
    with CaptureQueriesContext(connection) as queries:
        assert Client().post("/cars", body, content_type="application/json").status_code == 201
    assert len(queries) == 1
