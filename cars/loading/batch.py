"""One batch, one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db import connections, router
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, sql
from django.db.models.constants import OnConflict

from cars.models import Car
from dbauth.retry import retried

FIELDS: list[Field[Any, Any]] = list(Car._meta.local_concrete_fields)
# What a file may say of a car. A VIN is what it is found by.
COMPARED = ("make", "model", "year", "color", "mileage")


class ClashError(Exception):
    """Cars whose VINs are stored with other values, where that undoes the batch."""

    def __init__(self, clashes: dict[str, str]) -> None:
        super().__init__(f"{len(clashes)} VINs are stored with other values")
        self.clashes = clashes


@retried
def store_batch(cars: list[Car], *, all_or_none: bool) -> tuple[int, dict[str, str]]:
    """Store those of `cars` whose id and VIN are not there yet.

    How many that were, and by VIN what is stored instead of a car with other values; with
    `all_or_none` a ClashError says that, and nothing is stored. The database's unique indexes
    decide, so that concurrent loads are counted right. One transaction, run again from its
    beginning after a conflict.
    """
    if not cars:
        return 0, {}
    connection = connections[router.db_for_write(Car)]
    size = connection.ops.bulk_batch_size(FIELDS, cars)
    with connection.cursor() as cursor:
        stored = sum(
            _insert(cursor, connection.alias, cars[start : start + size])
            for start in range(0, len(cars), size)
        )
    clashes = {} if stored == len(cars) else find_clashes(cars)
    if clashes and all_or_none:
        raise ClashError(clashes)
    return stored, clashes


def preview_batch(cars: list[Car]) -> tuple[int, dict[str, str]]:
    """What store_batch would return, without writing."""
    ids = set(Car.objects.filter(pk__in=[car.pk for car in cars]).values_list("pk", flat=True))
    stored = {vin for (vin,) in _with_the_vins_of(cars).values_list("vin")}
    new = [car for car in cars if car.pk not in ids and car.vin not in stored]
    return len(new), find_clashes(cars)


def find_clashes(cars: Iterable[Car]) -> dict[str, str]:
    """By VIN: the stored values of another car with it, where they are not those of `cars`."""
    given = {str(car.vin): car for car in cars if car.vin}
    clashes = {}
    for stored in _with_the_vins_of(given.values()):
        car = given[stored.vin]
        other = [name for name in COMPARED if getattr(stored, name) != getattr(car, name)]
        if stored.pk != car.pk and other:
            clashes[stored.vin] = ", ".join(f"{name} {getattr(stored, name)}" for name in other)
    return clashes


def _with_the_vins_of(cars: Iterable[Car]) -> Any:
    return Car.objects.order_by().filter(vin__in=[car.vin for car in cars if car.vin])


def _insert(cursor: CursorWrapper, alias: str, cars: list[Car]) -> int:
    """The INSERT of bulk_create(ignore_conflicts=True), which does not say what it ignored."""
    statement, by_column = _statement(alias, len(cars))
    columns = [_column(field, cars, alias) for field in FIELDS]
    rows = chain.from_iterable(zip(*columns, strict=True))
    cursor.execute(statement, columns if by_column else list(rows))
    stored: int = cursor.rowcount
    return stored


@lru_cache(maxsize=8)
def _statement(alias: str, rows: int) -> tuple[str, bool]:
    """Django's own for so many rows, and whether it takes an array for each column (UNNEST)."""
    query = sql.InsertQuery(Car, on_conflict=OnConflict.IGNORE)
    query.insert_values(FIELDS, [Car() for _ in range(rows)])
    [(statement, values)] = query.get_compiler(alias).as_sql()
    return statement, isinstance(values[0], list)


def _values(field: Field[Any, Any], cars: list[Car]) -> list[Any]:
    """What each car has in the field, by the field's own rules before saving, if it has any."""
    if type(field).pre_save is Field.pre_save:  # which takes the attribute as it is
        return list(map(attrgetter(field.attname), cars))
    return [field.pre_save(car, add=True) for car in cars]


def _column(field: Field[Any, Any], cars: list[Car], alias: str) -> list[Any]:
    """One column of the rows. Each of its values is prepared once: most come many times."""
    values = _values(field, cars)
    connection = connections[alias]
    try:
        different = set(values)
    except TypeError:  # such as lists and dicts
        return [field.get_db_prep_save(value, connection) for value in values]
    if len(different) == len(values):
        return [field.get_db_prep_save(value, connection) for value in values]
    prepared = {value: field.get_db_prep_save(value, connection) for value in different}
    return [prepared[value] for value in values]
