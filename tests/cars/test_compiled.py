"""SQL that is composed once does what Django's own does."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.db.models.signals import post_save
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cars.compiled import CompiledQuery, Parameter
from cars.models import Car

pytestmark = pytest.mark.django_db


def column(name: str) -> Parameter:
    return Parameter(name, Car._meta.get_field(name))


def cars(*years: int) -> list[Car]:
    return [Car.objects.create(make="Saab", model="96", year=year) for year in years]


def test_a_compiled_query_gives_the_rows_of_values() -> None:
    cars(1960, 1965, 1970)
    queryset = Car.objects.filter(year=column("year")).values("id", "year", "created_at", "vin")
    compiled = CompiledQuery(queryset)
    for year in (1960, 1970, 1980):
        expected = Car.objects.filter(year=year).values("id", "year", "created_at", "vin")
        assert compiled.rows(year=year) == list(expected)


def test_constants_and_parameters_mix() -> None:
    one, _ = cars(1960, 1970)
    compiled = CompiledQuery(
        Car.objects.filter(make="Saab", id=column("id"), year__lt=1965).values("make")
    )
    assert compiled.rows(id=one.pk) == [{"make": "Saab"}]
    assert compiled.rows(id=uuid.uuid4()) == []


def test_a_parameter_without_a_value_is_named() -> None:
    compiled = CompiledQuery(Car.objects.filter(id=column("id")).values("make"))
    with pytest.raises(KeyError, match="id"):
        compiled.rows()


def test_values_are_never_part_of_the_text() -> None:
    compiled = CompiledQuery(Car.objects.filter(make=column("make")).values("make"))
    assert compiled.rows(make="' OR '1'='1") == []
    assert compiled.rows(make="%s") == []


def test_a_saved_car_is_the_one_that_was_meant() -> None:
    given = Car(make="Tatra", model="T77", year=1934, vin=None, color="schwarz", mileage=12)
    given.save()
    stored = Car.objects.get(pk=given.pk)
    for field in Car._meta.local_fields:
        assert getattr(stored, field.name) == getattr(given, field.name), field.name
    assert not stored._state.adding
    assert stored.updated_at.tzinfo == datetime.UTC


def test_saving_sends_djangos_signals() -> None:
    seen = []

    def receiver(instance: Car, created: bool, **_: object) -> None:
        seen.append((instance, created))

    post_save.connect(receiver, sender=Car)
    try:
        (car,) = cars(1960)
    finally:
        post_save.disconnect(receiver, sender=Car)
    assert seen == [(car, True)]


def test_a_fixture_keeps_its_times() -> None:
    (car,) = cars(1960)
    then = datetime.datetime(2002, 2, 2, tzinfo=datetime.UTC)
    Car.objects.all().delete()
    car.updated_at = then
    car.save_base(raw=True, force_insert=True)
    assert Car.objects.get().updated_at == then


def test_an_expression_for_a_value_still_works() -> None:
    car = Car.objects.create(make=Concat(Value("Sa"), Value("ab")), model="96", year=1960)
    assert Car.objects.get(pk=car.pk).make == "Saab"


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
