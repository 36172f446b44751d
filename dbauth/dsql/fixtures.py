"""Fixtures in transactions that DSQL takes, whatever the order of their objects.

Objects are collected and stored by batches. An object waits while a row that it refers to exists
neither in the database nor in its batch; those that wait are stored at the end, each after what it
refers to. Objects that refer to each other in a circle are stored in one transaction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.core.serializers.base import DeserializedObject
from django.db import connections

from dbauth.dsql.fixture_order import Entry, References, find_missing
from dbauth.dsql.row_limit import BATCH_ROWS
from dbauth.retry import retried

# Of up to 4 bytes each, in an UPDATE and, where that finds nothing, in an INSERT: below 10 MiB.
BATCH_CHARACTERS = 1_000_000


class Loader:
    """Stores the objects of fixtures; `save` saves one of them."""

    def __init__(self, using: str, save: Callable[[DeserializedObject], Any]) -> None:
        self._using = using
        self._save = save
        self._batch = Batch()
        self._waiting: list[Entry] = []
        self._storing = False

    def add(self, obj: DeserializedObject) -> None:
        self._batch.append(Entry(obj))
        if self._batch.is_full:
            self.store()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Reading looks natural keys up; what they lead to has to be stored by then."""
        with connections[self._using].execute_wrapper(self._store_first):
            yield

    def store(self) -> None:
        """Store what has been added, except for what has to wait."""
        batch, self._batch = self._batch, Batch()
        with self._own_statements():
            ready, waiting = self._divided(batch)
            self._waiting += waiting
            self._commit(ready)

    def finish(self) -> None:
        """Store everything; what refers to a row that nobody has is refused by the server."""
        self.store()
        with self._own_statements():
            ready, refused = self._divided(self._waiting)
            ordered, circles = References(ready).in_order()
            for batch in _batches(ordered):
                self._commit(batch)
            self._commit(circles + refused)
        self._waiting = []

    def _store_first(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not self._storing:
            quote = connections[self._using].ops.quote_name
            if any(quote(entry.model._meta.db_table) in sql for entry in self._batch):
                self.store()
        return execute(sql, params, many, context)

    @contextlib.contextmanager
    def _own_statements(self) -> Iterator[None]:
        self._storing = True
        try:
            yield
        finally:
            self._storing = False

    def _commit(self, batch: list[Entry]) -> None:
        def save_all() -> None:
            for entry in batch:
                self._save(entry.as_read())

        if batch:
            retried(using=self._using)(save_all)()

    def _divided(self, entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
        references = References(entries)
        return references.divided(find_missing(references.outside, self._find))

    def _find(self, model: Any, column: str, values: list[Any]) -> set[Any]:
        rows = model._base_manager.using(self._using)
        return {
            found
            for start in range(0, len(values), BATCH_ROWS)
            for found in rows.filter(
                **{f"{column}__in": values[start : start + BATCH_ROWS]}
            ).values_list(column, flat=True)
        }


class Batch(list[Entry]):
    """Objects for one transaction."""

    rows = characters = 0

    def append(self, entry: Entry) -> None:
        super().append(entry)
        self.rows += entry.rows
        self.characters += entry.characters

    @property
    def is_full(self) -> bool:
        return self.rows >= BATCH_ROWS or self.characters >= BATCH_CHARACTERS


def _batches(entries: list[Entry]) -> Iterator[Batch]:
    batch = Batch()
    for entry in entries:
        batch.append(entry)
        if batch.is_full:
            yield batch
            batch = Batch()
    yield batch
