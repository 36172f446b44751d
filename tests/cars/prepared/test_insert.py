"""A prepared INSERT stores what Model.save() does, and leaves to it what only it can do."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from cars.models import Car
from cars.prepared.insert import insert
from cars.serializers import CarSerializer

pytestmark = pytest.mark.django_db

TATRA: dict[str, Any] = {"make": "Tatra", "model": "T77", "year": 1934}


def saved(**given: Any) -> Car:
    serializer = CarSerializer(data={**TATRA, **given})
    serializer.is_valid(raise_exception=True)
    car: Car = serializer.save()
    return car


def test_a_saved_car_is_the_one_that_was_meant() -> None:
    given = saved(color="schwarz", mileage=12)
    stored = Car.objects.get(pk=given.pk)
    for field in Car._meta.local_fields:
        assert getattr(stored, field.name) == getattr(given, field.name), field.name
    assert not given._state.adding
    assert given._state.db == "default"
    assert stored.updated_at.tzinfo == datetime.UTC


def test_it_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        saved()
    assert len(queries) == 1


def test_a_saved_car_can_be_changed_and_saved() -> None:
    car = saved()
    car.make = "Skoda"
    car.save()
    assert Car.objects.get().make == "Skoda"


def test_receivers_of_signals_are_told() -> None:
    seen = []

    def receiver(instance: Car, created: bool, **_: object) -> None:
        seen.append((instance, created))

    post_save.connect(receiver, sender=Car)
    try:
        assert not insert(Car(**TATRA))
        car = saved()
    finally:
        post_save.disconnect(receiver, sender=Car)
    assert seen == [(car, True)]


def test_an_expression_for_a_value_still_works() -> None:
    serializer = CarSerializer(data=TATRA)
    serializer.is_valid(raise_exception=True)
    car = serializer.save(make=Concat(Value("Ta"), Value("tra")))
    assert Car.objects.get(pk=car.pk).make == "Tatra"


def test_a_primary_key_is_not_stored_twice() -> None:
    pk = uuid.uuid4()
    serializer = CarSerializer(data=TATRA)
    serializer.is_valid(raise_exception=True)
    serializer.save(id=pk)
    again = CarSerializer(data=TATRA)
    again.is_valid(raise_exception=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(id=pk)
    assert Car.objects.count() == 1


def test_an_error_spoils_the_transaction_around_it() -> None:
    car = saved()
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(Car(**TATRA, id=car.pk))
        assert transaction.get_rollback()
        transaction.set_rollback(True)
