"""Is a file, most likely, another file that is stored already?

A car without a VIN is known by the name of its source and by what it says. A file that is copied,
converted or renamed would be stored twice, so the first of its cars are looked up by what they say.
"""

from __future__ import annotations

from uuid import UUID

from cars.models import Car

SAMPLE = 20
LEAST = 10  # a few cars may well be as others are
SHARE = 0.9


class CopyError(Exception):
    """Most of the cars at the beginning of a file are stored under other ids."""

    def __init__(self, copies: int, looked_at: int) -> None:
        super().__init__(
            f"of its first {looked_at} cars without a VIN, {copies} are stored already, but not"
            " from a file of this name.\nIf it is a copy of a file that was loaded, give that"
            " file's name with --source: what is stored is skipped.\nIf these are other cars that"
            " say the same, add --allow-duplicates."
        )


class Copies:
    """Counts them over the first batches of a file, up to a sample that is large enough."""

    def __init__(self, *, look: bool) -> None:
        self._remaining = SAMPLE if look else 0
        self._copies = 0

    def check(self, cars: list[Car]) -> None:
        """Raises CopyError. `cars` are those of a batch that is about to be stored."""
        if not self._remaining:
            return
        sample = [car for car in cars if not car.vin][: self._remaining]
        known = _stored_ids(sample)
        new = [car for car in sample if car.pk not in known]
        copies = [car for car in new if _is_stored(car)]
        # Those that another load of the same file has stored meanwhile are no copies.
        self._copies += len(copies) - len(_stored_ids(copies))
        self._remaining -= len(new)
        looked_at = SAMPLE - self._remaining
        if looked_at >= LEAST and self._copies >= SHARE * looked_at:
            raise CopyError(self._copies, looked_at)


def _stored_ids(cars: list[Car]) -> set[UUID]:
    ids = [car.pk for car in cars]
    return set(Car.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _is_stored(car: Car) -> bool:
    return Car.objects.filter(
        make=car.make,
        model=car.model,
        year=car.year,
        mileage=car.mileage,
        color=car.color,
        vin=None,
    ).exists()
