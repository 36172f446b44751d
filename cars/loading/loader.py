"""Rows of a file into the database, batch by batch, each car once however often it is loaded.

A car is known by its VIN or by what it says (cars.loading.identity). Loading a file again, after an
interruption or because nobody remembers, finds the cars that are there and goes on with the rest:
there is no bookmark to lose, and nothing to clean up after kill -9.

What follows from that:
- A file may be sorted, and rows may be added, removed or fixed: the other cars stay the same.
- A row that is changed after it was loaded is a new car, or rejected if its VIN is there with other
  values: this loads cars, it does not update them.
- A file that is renamed is a new source. Where most of its first cars are stored under another
  name, the load stops (cars.loading.copies).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ValidationError

from cars.loading.ahead import one_ahead
from cars.loading.batch import ClashError, preview_batch, store_batch
from cars.loading.columns import Columns
from cars.loading.copies import Copies
from cars.loading.explanations import explained, refuse_grouped_thousands
from cars.loading.identity import Identities, content
from cars.loading.outcome import Batch, Counts, InvalidRow, InvalidRowsError
from cars.loading.seen import Memory
from cars.loading.validation import Validator
from cars.models import Car
from cars.reading import Row
from cars.serializers import CarSerializer

# Aurora DSQL takes 3,000 rows a transaction, and each batch that fails is done again.
MAX_BATCH = 1000
MICROSECOND = timedelta(microseconds=1)
COLUMNS = [(field.attname, field.get_default) for field in Car._meta.concrete_fields]


@dataclass(frozen=True)
class Rules:
    """How a file is loaded."""

    batch_size: int = MAX_BATCH
    skip_invalid: bool = False
    dry_run: bool = False
    allow_duplicates: bool = False


Pairs = list[tuple[Row, Car]]


class Loader:
    """Loads the rows of one source; `counts` is true at any moment."""

    def __init__(self, source: str, columns: Columns, rules: Rules, counts: Counts) -> None:
        self.counts = counts
        self._columns = columns
        self._rules = rules
        self._identities = Identities(source)
        self._validate = Validator(CarSerializer())
        self._copies = Copies(look=not rules.allow_duplicates)
        self._newest = datetime.min.replace(tzinfo=UTC)

    def load(self, rows: Iterable[Row], *, ahead: bool = False) -> Iterator[Batch]:
        """Yields after each batch, when it is committed.

        `ahead` prepares the next batch meanwhile, in a thread: for rows that never keep waiting.

        Raises InvalidRowsError before anything of a batch with bad rows is stored, unless they are
        to be skipped, and CopyError where most of the first cars are stored under another source.
        """
        with closing(Memory()) as memory:
            prepared = self._prepared(iter(rows), memory)
            with closing(one_ahead(prepared) if ahead else prepared) as batches:
                for pairs, batch in batches:
                    self._stop_at(batch.invalid)
                    self._copies.check([car for _, car in pairs])
                    self._store(pairs, batch)
                    yield batch

    def _prepared(
        self, rows: Iterator[Row], memory: Memory
    ) -> Generator[tuple[Pairs, Batch], None, None]:
        """The cars of each batch and what is wrong with the others."""
        while taken := list(islice(rows, self._rules.batch_size)):
            batch = Batch()
            yield self._without_known_vins(self._valid(taken, memory, batch), memory, batch), batch

    def _valid(self, rows: list[Row], memory: Memory, batch: Batch) -> Pairs:
        """The rows that are cars; the others are in `batch`."""
        pairs = []
        for row in rows:
            if row.errors:
                batch.invalid.append(InvalidRow(row, row.errors))
                continue
            given = self._columns.take(row)
            try:
                pairs.append((row, self._car(given, memory)))
            except ValidationError as error:
                batch.invalid.append(explained(row, given, error))
        return pairs

    def _car(self, given: dict[str, Any], memory: Memory) -> Car:
        refuse_grouped_thousands(given)
        valid = self._validate(given)
        said = content(valid)
        number = 0 if valid.get("vin") else memory.count(said)
        return _new_car(valid | {"id": self._identities.id(said, number), "created_at": None})

    def _without_known_vins(self, pairs: Pairs, memory: Memory, batch: Batch) -> Pairs:
        """`pairs` but for those whose VIN came before in the file."""
        vins = [(str(car.vin), row.place, car.pk.bytes) for row, car in pairs if car.vin]
        known = memory.known(vins)
        if not known:
            return pairs
        remaining = []
        for row, car in pairs:
            first = known.get(row.place)
            if first is None:
                remaining.append((row, car))
            elif first.id == car.pk.bytes:
                batch.repeated.append(f"{row.place} says what {first.place} says")
            else:
                reason = f"{first.place} has this VIN with other values."
                batch.invalid.append(InvalidRow(row, {"vin": [reason]}))
        return remaining

    def _store(self, pairs: Pairs, batch: Batch) -> None:
        cars = [car for _, car in pairs]
        self._stamp(cars)
        try:
            if self._rules.dry_run:
                stored, clashes = preview_batch(cars)
            else:
                stored, clashes = store_batch(cars, all_or_none=not self._rules.skip_invalid)
        except ClashError as error:
            stored, clashes = 0, error.clashes
        clashing = [
            InvalidRow(row, {"vin": [f"This VIN is stored with other values: {clashes[car.vin]}."]})
            for row, car in pairs
            if car.vin in clashes
        ]
        self._stop_at(clashing)
        batch.invalid += clashing
        self.counts.loaded += stored
        self.counts.already_there += len(cars) - stored - len(clashing)
        self.counts.repeated += len(batch.repeated)
        self.counts.rejected += len(batch.invalid)

    def _stop_at(self, invalid: list[InvalidRow]) -> None:
        if invalid and not (self._rules.skip_invalid or self._rules.dry_run):
            raise InvalidRowsError(invalid)

    def _stamp(self, cars: list[Car]) -> None:
        """A created_at of its own for each car, in the file's order, up to this moment.

        Lists are ordered by it: with one time for all, a batch would be listed in the order of ids.
        """
        first = max(self._newest + MICROSECOND, timezone.now() - len(cars) * MICROSECOND)
        for number, car in enumerate(cars):
            car.created_at = self._newest = first + number * MICROSECOND


def _new_car(values: dict[str, Any]) -> Car:
    """By position, which takes half the time of Car(**values)."""
    make: Callable[..., Car] = Car
    return make(*[values[name] if name in values else default() for name, default in COLUMNS])
