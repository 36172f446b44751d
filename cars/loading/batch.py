"""One batch, one transaction."""

from __future__ import annotations

import uuid

from cars.models import Car
from dbauth.retry import retried


@retried
def store_batch(cars: list[Car]) -> int:
    """Store those of `cars` whose id and VIN are not there yet; how many that were.

    One transaction, run again from its beginning after a conflict: that time it finds what is
    there by then. What a concurrent load stores between the look and the INSERT is skipped by the
    database, and then counted here and there.
    """
    new = _absent(cars)
    Car.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _absent(cars: list[Car]) -> list[Car]:
    ids, vins = _present(cars)
    absent = []
    for car in cars:
        if car.id in ids or car.vin in vins:
            continue
        if car.vin is not None:
            vins.add(car.vin)  # the file's next car of that VIN is no new one either
        absent.append(car)
    return absent


def _present(cars: list[Car]) -> tuple[set[uuid.UUID], set[str]]:
    """The ids and VINs of `cars` that are taken, in one SELECT that uses the index of each."""
    listed = Car.objects.order_by().values_list("id", "vin")
    by_id = listed.filter(id__in=[car.id for car in cars])
    by_vin = listed.filter(vin__in=[car.vin for car in cars if car.vin is not None])
    ids, vins = set(), set()
    for car_id, vin in by_id.union(by_vin, all=True):
        ids.add(car_id)
        if vin is not None:
            vins.add(vin)
    return ids, vins
