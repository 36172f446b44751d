"""Delete what was loaded under a source's name."""

from __future__ import annotations

from cars.loading.identity import Identities
from cars.models import Car
from dbauth import bulk


def undo(source: str, *, dry_run: bool) -> int:
    """Delete the cars of `source`, batch by batch; how many, or how many there are.

    Cars that were there before with the same VINs are not of this source. Interrupted, it can be
    run again.
    """
    lowest, highest = Identities(source).range()
    cars = Car.objects.filter(pk__gte=lowest, pk__lte=highest)
    return cars.count() if dry_run else bulk.delete(cars)
