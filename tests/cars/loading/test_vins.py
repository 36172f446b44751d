"""A VIN is one car, and what differs from it is rejected by line."""

from __future__ import annotations

import pytest

from cars.models import Car
from tests.cars.loading.loads import GOLF, HEADER, VIN, failing, load

pytestmark = pytest.mark.django_db
OTHER = VIN[:-1] + "2"


def test_a_car_that_is_stored_with_its_vin_is_already_there(write):
    Car.objects.create(**GOLF, vin=VIN)
    assert "cars.csv: 1 loaded, 1 already there\n" in load(
        write("cars.csv", f"{HEADER}VW,Golf,2015,{VIN}\nVW,Up,2015,{OTHER}\n")
    )


@pytest.mark.parametrize("batch_size", [1, 1000])
def test_a_vin_that_is_stored_with_other_values_is_a_bad_row(batch_size, write):
    Car.objects.create(**GOLF, vin=VIN, mileage=7)
    path = write("cars.csv", f"{HEADER}VW,Up,2015,{OTHER}\nVW,Polo,2015,{VIN}\n")
    reason = "line 3: vin: This VIN is stored with other values: model Golf, mileage 7."
    message = failing(path, batch_size=batch_size)
    assert reason in message
    assert Car.objects.count() == (2 if batch_size == 1 else 1)
    printed = load(path, skip_invalid=True)
    assert reason in printed
    assert "1 rejected" in printed
    assert sorted(Car.objects.values_list("model", flat=True)) == ["Golf", "Up"]


@pytest.mark.parametrize("batch_size", [1, 1000])
def test_a_vin_that_stands_twice_in_a_file_is_named_by_its_lines(batch_size, write):
    rows = f"VW,Up,2015,{VIN}\nVW,Golf,2015,\nVW,Up,2015,{VIN}\nVW,Polo,2015,{VIN}\n"
    path = write("cars.csv", HEADER + rows)
    assert "line 5: vin: line 2 has this VIN with other values." in failing(
        path, batch_size=batch_size
    )
    Car.objects.all().delete()
    for outcome in ("2 loaded, 0 already there", "0 loaded, 2 already there"):
        printed = load(path, skip_invalid=True, batch_size=batch_size)
        assert "line 4 says what line 2 says" in printed
        assert "line 5: vin: line 2 has this VIN with other values." in printed
        assert f"{outcome}, 1 repeated, 1 rejected" in printed


def test_a_car_that_was_changed_since_it_was_loaded_is_already_there(write):
    path = write("cars.csv", f"{HEADER}VW,Golf,2015,{VIN}\n")
    load(path)
    Car.objects.update(mileage=9)
    assert "0 loaded, 1 already there" in load(path)
