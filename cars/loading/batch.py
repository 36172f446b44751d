"""One batch, one transaction."""

from __future__ import annotations

from typing import Any

from django.db import connections, router
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, sql
from django.db.models.constants import OnConflict

from cars.models import Car
from dbauth.retry import retried

FIELDS: list[Field[Any, Any]] = list(Car._meta.local_concrete_fields)


@retried
def store_batch(cars: list[Car]) -> int:
    """Store those of `cars` whose id and VIN are not there yet; how many that were.

    The database's unique indexes decide, so that concurrent loads and cars that stand twice in a
    file are counted right. One transaction, run again from its beginning after a conflict.
    """
    if not cars:
        return 0
    connection = connections[router.db_for_write(Car)]
    size = connection.ops.bulk_batch_size(FIELDS, cars)
    with connection.cursor() as cursor:
        return sum(
            _store(cursor, connection.alias, cars[start : start + size])
            for start in range(0, len(cars), size)
        )


def _store(cursor: CursorWrapper, alias: str, cars: list[Any]) -> int:
    """The INSERT of bulk_create(ignore_conflicts=True), which does not say what it ignored."""
    query = sql.InsertQuery(Car, on_conflict=OnConflict.IGNORE)
    query.insert_values(FIELDS, cars)
    stored = 0
    for statement, values in query.get_compiler(alias).as_sql():
        cursor.execute(statement, values)
        stored += cursor.rowcount
    return stored
