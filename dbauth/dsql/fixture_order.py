"""Which objects of a fixture can be stored, and in which order."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from django.core.serializers.base import DeserializedObject
from django.db.models import Model


class Row(NamedTuple):
    """A row, as a foreign key names it."""

    model: type[Model]
    column: str
    value: Any


class Entry:
    """An object of a fixture, with the rows of its many-to-many relations."""

    def __init__(self, obj: DeserializedObject) -> None:
        self._object = obj
        # Saving takes them off, and a conflict asks to save again.
        self._related: dict[str, Any] = obj.m2m_data or {}
        self.model: Any = obj.object._meta.concrete_model
        self.rows = 1 + sum(map(len, self._related.values()))
        self.characters = sum(len(str(value)) for value in vars(obj.object).values())
        self.targets = set(self._targets())

    def as_read(self) -> DeserializedObject:
        self._object.m2m_data = self._related
        return self._object

    def row(self, column: str) -> Row:
        return Row(self.model, column, getattr(self._object.object, column))

    def _targets(self) -> Iterator[Row]:
        """What has to exist when the object is committed."""
        for field in self.model._meta.local_concrete_fields:
            value = self.row(field.attname).value
            if value is not None and getattr(field, "db_constraint", False):
                target = field.target_field
                yield Row(target.model._meta.concrete_model, target.attname, value)
        for name, values in self._related.items():
            model = self.model._meta.get_field(name).related_model._meta.concrete_model
            for value in values:
                yield Row(model, model._meta.pk.attname, getattr(value, "pk", value))


class References:
    """Which of some entries refer to which others."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        columns = defaultdict(set)
        for target in (row for entry in entries for row in entry.targets):
            columns[target.model].add(target.column)
        self._rows = {
            entry: {entry.row(column) for column in columns[entry.model]} for entry in entries
        }
        self._providers = {row: entry for entry, rows in self._rows.items() for row in rows}

    @property
    def outside(self) -> set[Row]:
        """The rows that entries refer to and that are not among them."""
        return {row for entry in self._entries for row in entry.targets} - self._providers.keys()

    def divided(self, missing: set[Row]) -> tuple[list[Entry], list[Entry]]:
        """The entries that do not lead to a missing row, directly or by way of others; the rest."""
        referrers = defaultdict(list)
        for entry in self._entries:
            for row in entry.targets:
                referrers[row].append(entry)
        waiting: set[Entry] = set()
        ahead = list(missing)
        while ahead:
            for entry in referrers[ahead.pop()]:
                if entry not in waiting:
                    waiting.add(entry)
                    ahead += self._rows[entry]
        ready = [entry for entry in self._entries if entry not in waiting]
        return ready, [entry for entry in self._entries if entry in waiting]

    def in_order(self) -> tuple[list[Entry], list[Entry]]:
        """Each after those that it refers to; and what a circle keeps from having an order."""
        sorter: TopologicalSorter[Entry] = TopologicalSorter()
        for entry in self._entries:
            provided = (self._providers.get(row, entry) for row in entry.targets)
            sorter.add(entry, *(each for each in provided if each is not entry))
        with contextlib.suppress(CycleError):
            sorter.prepare()
        ordered: list[Entry] = []
        while ready := sorter.get_ready() if sorter.is_active() else ():
            ordered += ready
            sorter.done(*ready)
        placed = set(ordered)
        return ordered, [entry for entry in self._entries if entry not in placed]


def find_missing(rows: set[Row], find: Callable[[Any, str, list[Any]], set[Any]]) -> set[Row]:
    """The rows that `find(model, column, values)` does not find."""
    wanted: dict[tuple[type[Model], str], list[Any]] = defaultdict(list)
    for model, column, value in rows:
        wanted[model, column].append(value)
    return {
        Row(model, column, value)
        for (model, column), values in wanted.items()
        for value in set(values) - find(model, column, values)
    }
