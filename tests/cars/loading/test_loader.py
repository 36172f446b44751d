"""cars.loading: statements, memory, progress."""

from __future__ import annotations

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars.loading.columns import Columns
from cars.loading.loader import Loader, Rules
from cars.loading.outcome import Counts
from cars.models import Car
from cars.reading import Row
from tests.cars.loading.loads import GOLF, VIN, load, numbered

pytestmark = pytest.mark.django_db


def test_a_batch_is_one_insert_in_one_transaction():
    rows = [Row(i, i, {**GOLF, "mileage": i, "vin": f"{VIN[:-2]}{i}"}) for i in range(10, 90)]
    with CaptureQueriesContext(connection) as queries:
        list(Loader("cars", Columns({}, set(), print), Rules(), Counts()).load(rows))
    statements = [query["sql"].split()[0] for query in queries]
    assert statements == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_memory_does_not_grow_with_the_number_of_rows(write, settings):
    settings.DEBUG = True  # then Django remembers statements

    def peak(count: int) -> int:
        # Long lines, so that the small file too is more than one chunk. What grows is garbage
        # that is still to be collected.
        path = write(f"{count}.csv", numbered(count).replace("VW", "V" * 100))
        tracemalloc.start()
        load(path, batch_size=100, allow_duplicates=True)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(200)  # caches of the first use
    assert peak(4_000) < 1.6 * peak(1_200)


def test_without_a_terminal_there_is_a_line_every_ten_thousand_rows(write, monkeypatch):
    monkeypatch.setattr("cars.loading.progress.ROWS_BETWEEN_LINES", 100)
    printed = load(write("cars.csv", numbered(350)), batch_size=50)
    assert [line.partition(" rows (")[0] for line in printed.splitlines()[:-1]] == [
        "100",
        "200",
        "300",
    ]


def test_what_is_stored_is_what_the_orm_would_store(write):
    rows = [{**GOLF, "color": "red", "mileage": 5}, {**GOLF, "vin": VIN}]
    load(write("cars.json", rows))
    Car.objects.bulk_create(Car(**row | {"model": "Up", "vin": None}) for row in rows)
    loaded, created = Car.objects.filter(model="Golf"), Car.objects.filter(model="Up")
    columns = ("make", "year", "color", "mileage", "idempotency_fingerprint")
    assert list(loaded.values_list(*columns)) == list(created.values_list(*columns))
    for car in loaded:
        assert car.updated_at >= car.created_at
        assert Car.objects.get(pk=str(car.pk)) == car
        assert car.pk.version == 8
