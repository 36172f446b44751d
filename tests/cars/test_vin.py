"""cars.vin: a VIN has no case, wherever it comes from and whoever asks for it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from cars.models import Car
from cars.vin import in_capitals
from tests.cars.loading.loads import GOLF, VIN, failing, load

pytestmark = pytest.mark.django_db
SMALL = VIN.lower()


@pytest.mark.django_db(transaction=True)
def test_a_vin_that_is_posted_in_small_letters_is_stored_and_answered_in_capitals() -> None:
    client = APIClient()
    answer = client.post("/cars", {**GOLF, "vin": f" {SMALL} "}, format="json")
    assert (answer.status_code, answer.json()["vin"]) == (201, VIN)
    assert client.get(f"/cars/{answer.json()['id']}").json()["vin"] == VIN
    again = client.post("/cars", {**GOLF, "vin": VIN}, format="json")
    assert (again.status_code, list(again.json())) == (400, ["vin"])


@pytest.mark.parametrize("asked", [VIN, SMALL, f"{SMALL[:5]}{VIN[5:]}"])
def test_it_is_found_by_either(asked: str) -> None:
    Car.objects.create(**GOLF, vin=VIN)
    Car.objects.create(**GOLF)
    assert len(APIClient().get("/cars", {"vin": asked}).json()["results"]) == 1
    assert Car.objects.get(vin=asked).vin == VIN
    assert Car.objects.filter(vin__in=[asked]).exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_key_and_car_are_one_request_in_either_case() -> None:
    client = APIClient()
    ids = {
        client.post(
            "/cars", {**GOLF, "vin": vin}, format="json", headers={"Idempotency-Key": "1"}
        ).json()["id"]
        for vin in (VIN, SMALL)
    }
    assert len(ids) == 1


def test_the_admin_takes_and_finds_either(admin_client, admin_user: User) -> None:
    form = {**GOLF, "vin": SMALL, "color": "", "mileage": "0"}
    assert admin_client.post("/admin/cars/car/add/", form).status_code == 302
    assert Car.objects.values_list("vin", flat=True).get() == VIN
    assert VIN in admin_client.get("/admin/cars/car/", {"q": SMALL}).content.decode()
    again = admin_client.post("/admin/cars/car/add/", form)
    assert "Car with this VIN already exists." in again.content.decode()


def test_a_file_has_either(write) -> None:
    load(write("cars.json", [{**GOLF, "vin": SMALL}]))
    assert Car.objects.values_list("vin", flat=True).get() == VIN
    assert "0 loaded, 1 already there" in load(
        write("cars.csv", f"make,model,year,vin\nVW,Golf,2015,{VIN}\n")
    )
    assert "stored with other values" in failing(
        write("other.json", [{**GOLF, "model": "Up", "vin": SMALL}])
    )


def test_the_orm_stores_capitals_and_keeps_no_case_twice() -> None:
    car = Car(**GOLF, vin=SMALL)
    car.full_clean()
    car.save()
    assert car.vin == VIN
    Car.objects.bulk_create([Car(**GOLF, vin=SMALL[:-1] + "a")])
    assert set(Car.objects.values_list("vin", flat=True)) == {VIN, VIN[:-1] + "A"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Car.objects.create(**GOLF, vin=SMALL)


@pytest.mark.parametrize("letter", ["\u017f", "\u0131", "\u00df", "\uff21"])
def test_a_letter_beyond_ascii_is_none_of_a_vin(letter: str) -> None:
    vin = VIN[:-1] + letter
    assert in_capitals(vin) == vin
    with pytest.raises(ValidationError):
        Car(**GOLF, vin=vin).full_clean()
    assert APIClient().post("/cars", {**GOLF, "vin": vin}, format="json").status_code == 400
