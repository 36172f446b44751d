"""POST /cars where the database refuses the row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from cars.models import Car

pytestmark = pytest.mark.django_db(transaction=True)  # as in production: a POST is in autocommit

COROLLA = {"make": "Toyota", "model": "Corolla", "year": 2020}
VIN = "JTDBR32E720012345"


def post(**fields: Any) -> Any:
    return Client().post("/cars", {**COROLLA, **fields}, content_type="application/json")


def test_a_vin_that_another_car_has_is_blamed() -> None:
    assert post(vin=VIN).status_code == 201
    answer = post(vin=VIN)
    assert (answer.status_code, answer.json()) == (
        400,
        {"vin": ["A car with this VIN already exists."]},
    )


@pytest.mark.parametrize("vin", [None, VIN])
def test_another_constraint_is_not_blamed_on_the_vin(vin: str | None) -> None:
    index = "CREATE UNIQUE INDEX one_of_a_make ON cars_car (make) WHERE make = 'Toyota'"
    with connection.cursor() as cursor:
        cursor.execute(index)
    try:
        assert post().status_code == 201
        with pytest.raises(IntegrityError):
            post(vin=vin)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_of_a_make")
    assert Car.objects.count() == 1
