"""Django's loaddata, which on Aurora DSQL commits by batches.

Django loads everything in one transaction, and DSQL takes 3,000 rows, 10 MiB and 5 minutes of one.
By batches it is not all or nothing: after an interruption the same command loads the rest, because
what is there already is written once more under its own key. All other databases get Django's.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import loaddata
from django.core.serializers.base import (
    DEFER_FIELD,
    DeserializedObject,
    deserialize_fk_value,
    deserialize_m2m_values,
)
from django.db import connections

from dbauth.dsql import is_dsql
from dbauth.retry import retried

BATCH_ROWS = 1000
# Of up to 4 bytes each, in an UPDATE and, where that finds nothing, in an INSERT: below 10 MiB.
BATCH_CHARACTERS = 1_000_000


class Command(loaddata.Command):
    _in_djangos_transaction = _in_batches = False

    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        self._in_batches = is_dsql(connections[options["database"]])
        self._in_djangos_transaction = True
        super().handle(*fixture_labels, **options)
        self._in_djangos_transaction = False
        if self._in_batches:
            self.loaddata(fixture_labels)

    def loaddata(self, fixture_labels: Any) -> None:
        # Within Django's transaction there is nothing to do yet: handle() comes back after it.
        if not (self._in_batches and self._in_djangos_transaction):
            super().loaddata(fixture_labels)

    def load_label(self, fixture_label: Any) -> None:
        self._batch = _Batch()
        super().load_label(fixture_label)
        if self._in_batches:
            self._store()

    def save_obj(self, obj: DeserializedObject) -> bool:
        if not self._in_batches:
            return super().save_obj(obj)
        if self._batch.is_full or obj.deferred_fields:
            self._store()
        _resolve(obj, self.using)
        self._batch.add(obj)
        return False  # counted when it is stored

    def _store(self) -> None:
        store = retried(using=self.using)(self._save_all)
        self.loaded_object_count += store(self._batch)
        self._batch = _Batch()
        if self.verbosity > 1:
            self.stdout.write(f"{self.loaded_object_count} object(s) are stored")

    def _save_all(self, batch: _Batch) -> int:
        save = super().save_obj
        return sum(save(obj) for obj in batch.objects())


def _resolve(obj: DeserializedObject, using: str) -> None:
    """Find by natural keys what was not stored yet when the object was read, but is now."""
    deferred: dict[Any, Any] = obj.deferred_fields or {}
    to_many: dict[str, Any] = obj.m2m_data or {}
    missing = {}
    for field, key in deferred.items():
        find = deserialize_m2m_values if field.many_to_many else deserialize_fk_value
        found = find(field, key, using, handle_forward_references=True)
        if found is DEFER_FIELD:
            missing[field] = key
        elif field.many_to_many:
            to_many[field.name] = found
        else:
            setattr(obj.object, field.attname, found)
    obj.deferred_fields, obj.m2m_data = missing, to_many


class _Batch:
    """Objects for one transaction, counted with the rows of their many-to-many relations."""

    def __init__(self) -> None:
        self._entries: list[tuple[DeserializedObject, Any]] = []
        self._rows = self._characters = 0

    @property
    def is_full(self) -> bool:
        return self._rows >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS

    def add(self, obj: DeserializedObject) -> None:
        related = obj.m2m_data or {}
        self._entries.append((obj, related))
        self._rows += 1 + sum(map(len, related.values()))
        self._characters += sum(len(str(value)) for value in vars(obj.object).values())

    def objects(self) -> list[DeserializedObject]:
        """As they were read: saving takes the relations off, and a conflict asks to save again."""
        for obj, related in self._entries:
            obj.m2m_data = related
        return [obj for obj, _ in self._entries]
