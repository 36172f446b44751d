"""Rows of a file into the database, batch by batch, each car once however often it is loaded.

A row's car has an id that is made from the name of its source, the row's number in it and what it
says. Loading a file again, after an interruption or because nobody remembers, finds those ids and
goes on with the rest: there is no bookmark to lose, and nothing to clean up after kill -9. The
number is part of it because two equal rows without a VIN are two cars; what the row says, because
another file may have the same name.

What follows from that:
- A bad row that is fixed in place leaves the ids of the others alone. Rows that are removed or
  inserted shift those behind them, which then are new cars, unless their VINs say otherwise.
- A row that is changed after it was loaded is a new car, or none if its VIN is there: this loads
  cars, it does not update them.
- A file that is renamed is a new source; --source keeps the old name.
- Two files of one name, or two pipes, are one source: an equal row with an equal number is taken
  for the same car. --source tells them apart, and a load that skips rows says the name it used.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, cast

import orjson
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from cars.loading.batch import store_batch
from cars.models import Car
from cars.reading import Row
from cars.serializers import CarSerializer

__all__ = ["MAX_BATCH", "Counts", "InvalidRow", "Loader"]

# Aurora DSQL takes 3,000 rows a transaction, and each batch that fails is done again.
MAX_BATCH = 1000
NAMESPACE = uuid.UUID("0b5f7c1e-94f4-4c2f-8d5a-6f1b6a3f2f17")
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Counts:
    """What became of the rows so far."""

    loaded: int = 0
    already_there: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        return self.loaded + self.already_there + self.rejected

    def __str__(self) -> str:
        texts = [f"{self.loaded:,} loaded", f"{self.already_there:,} already there"]
        if self.rejected:
            texts.append(f"{self.rejected:,} rejected")
        return ", ".join(texts)


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A row that is no car: `errors` are texts by field, as the API would answer."""

    row: Row
    errors: dict[str, list[str]]


class Loader:
    """Loads the rows of one source, `batch_size` a transaction; `counts` is true at any moment."""

    def __init__(self, source: str, batch_size: int) -> None:
        self.counts = Counts()
        self._source = source
        self._batch_size = batch_size
        self._serializer = CarSerializer()
        self._newest = datetime.min.replace(tzinfo=UTC)

    def load(
        self, rows: Iterable[Row], on_invalid: Callable[[list[InvalidRow]], None]
    ) -> Iterator[Counts]:
        """Yields after each batch, when it is committed.

        `on_invalid` gets a batch's bad rows before anything of it is written. What it raises ends
        the load, without that batch.
        """
        rows = iter(rows)
        while batch := list(islice(rows, self._batch_size)):
            cars, invalid = self._validated(batch)
            if invalid:
                on_invalid(invalid)
            self._stamp(cars)
            loaded = store_batch(cars)
            self.counts.loaded += loaded
            self.counts.already_there += len(cars) - loaded
            self.counts.rejected += len(invalid)
            yield self.counts

    def _validated(self, batch: list[Row]) -> tuple[list[Car], list[InvalidRow]]:
        cars, invalid = [], []
        for row in batch:
            try:
                cars.append(self._car(row))
            except ValidationError as error:
                invalid.append(InvalidRow(row, cast(dict[str, list[str]], error.detail)))
        return cars, invalid

    def _car(self, row: Row) -> Car:
        if row.errors:
            raise ValidationError(row.errors)
        valid: dict[str, Any] = self._serializer.run_validation(row.fields)
        # null and not given are the same car, in whatever format.
        given = {name: value for name, value in valid.items() if value is not None}
        content = orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode()
        return Car(id=uuid.uuid5(NAMESPACE, f"{self._source}\0{row.number}\0{content}"), **valid)

    def _stamp(self, cars: list[Car]) -> None:
        """A created_at of its own for each car, in the file's order, up to this moment.

        Lists are ordered by it: with one time for all, a batch would be listed in the order of ids.
        """
        first = max(self._newest + MICROSECOND, timezone.now() - len(cars) * MICROSECOND)
        for number, car in enumerate(cars):
            car.created_at = self._newest = first + number * MICROSECOND
