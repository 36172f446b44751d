"""cars.loading: statements, memory, progress."""

from __future__ import annotations

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars.loading import Loader
from cars.reading import Row
from tests.cars.loads import GOLF, VIN, load, numbered

pytestmark = pytest.mark.django_db


def test_a_batch_is_one_insert_in_one_transaction():
    rows = [Row(i, i, {**GOLF, "mileage": i, "vin": f"{VIN[:-2]}{i}"}) for i in range(10, 90)]
    with CaptureQueriesContext(connection) as queries:
        list(Loader("cars", 100).load(rows, on_invalid=print))
    statements = [query["sql"].split()[0] for query in queries]
    assert statements == ["SAVEPOINT", "INSERT", "RELEASE"]


def test_memory_does_not_grow_with_the_number_of_rows(write, settings):
    settings.DEBUG = True  # then Django remembers statements

    def peak(count: int) -> int:
        # Long lines, so that the small file too is more than one chunk. What grows is garbage
        # that is still to be collected.
        path = write(f"{count}.csv", numbered(count).replace("VW", "V" * 100))
        tracemalloc.start()
        load(path, batch_size=100)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(200)  # caches of the first use
    assert peak(6_000) < 1.6 * peak(1_000)


def test_without_a_terminal_there_is_a_line_every_ten_thousand_rows(write, monkeypatch):
    monkeypatch.setattr("cars.loading.progress.ROWS_BETWEEN_LINES", 100)
    printed = load(write("cars.csv", numbered(350)), batch_size=50)
    assert [line.partition(" rows (")[0] for line in printed.splitlines()[:-1]] == [
        "100",
        "200",
        "300",
    ]
