"""A car is known by what it says: files that are sorted, changed, copied or loaded by mistake."""

from __future__ import annotations

import pytest
from django.db import connection

from cars.models import Car
from tests.cars.loading.loads import GOLF, HEADER, VIN, failing, load, numbered

pytestmark = pytest.mark.django_db


def test_a_file_that_is_sorted_shortened_or_extended_has_the_same_cars(write):
    header, *rows = numbered(30).splitlines(keepends=True)
    load(write("cars.csv", header + "".join(rows)))
    path = write("cars.csv", header + "VW,Polo,2015,1\n" + "".join(rows[:3:-1]))
    assert load(path).startswith("cars.csv: 1 loaded, 26 already there\n")


def test_rows_that_are_equal_are_as_many_cars_wherever_they_stand(write):
    golf, polo = "VW,Golf,2015,\n", "VW,Polo,2015,\n"
    load(write("cars.csv", HEADER + golf * 3 + polo * 2))
    load(write("cars.csv", HEADER + polo + golf * 3 + polo), batch_size=1)
    assert Car.objects.filter(model="Golf").count() == 3
    assert Car.objects.filter(model="Polo").count() == 2
    assert load(write("cars.csv", HEADER + golf * 4)).startswith("cars.csv: 1 loaded, 3 already")


@pytest.mark.parametrize("batch_size", [3, 1000])
def test_a_copy_under_another_name_stops_the_load(batch_size, write):
    load(write("cars.csv", numbered(30)))
    copy = write("copy of cars.csv", numbered(30, bad=(1,)))
    message = failing(copy, batch_size=batch_size, skip_invalid=True)
    looked_at = 11 if batch_size == 3 else 20
    assert f"of its first {looked_at} cars without a VIN, {looked_at} are stored" in message
    assert "--allow-duplicates" in message
    again = load(copy, source="cars.csv", skip_invalid=True)
    assert "cars.csv: 0 loaded, 29 already there, 1 rejected" in again
    if batch_size == 1000:
        assert Car.objects.count() == 30
        load(copy, allow_duplicates=True, skip_invalid=True)
        assert Car.objects.count() == 59


def test_another_load_of_the_same_file_may_be_ahead_at_any_moment(write):
    path = write("cars.csv", numbered(30))
    for moment in range(6):
        Car.objects.all().delete()
        queries = iter(range(100))

        def overtaken(execute, *query, moment=moment, queries=queries):
            answer = execute(*query)
            if next(queries) == moment:
                load(path)
            return answer

        with connection.execute_wrapper(overtaken):
            assert load(path).startswith("cars.csv: 0 loaded, 30 already there\n")


def test_cars_that_are_mostly_new_or_few_are_no_copy(write):
    load(write("cars.csv", numbered(30)))
    load(write("few.csv", numbered(9)))
    header, *rows = numbered(60).splitlines(keepends=True)
    load(write("more.csv", header + "".join(rows[19:])))
    assert Car.objects.count() == 30 + 9 + 41


def test_what_is_loaded_under_a_name_is_undone_by_it(write):
    Car.objects.create(**GOLF, vin=VIN)
    path = write("cars.csv", numbered(700))
    load(path)
    load(write("other.csv", f"{HEADER}VW,Golf,2015,{VIN}\nVW,Up,2015,\n"))
    assert load(path, undo=True, dry_run=True) == "cars.csv: 700 would be deleted\n"
    assert Car.objects.count() == 702
    assert load(path, undo=True) == "cars.csv: 700 deleted\n"
    assert load(undo=True, source="other.csv") == "other.csv: 1 deleted\n"
    assert Car.objects.get().vin == VIN
    assert load(path).startswith("cars.csv: 700 loaded, 0 already there\n")
