"""The columns of foreign keys that lead to a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def referrers(field: Any) -> Iterator[Any]:
    """The fields that lead to this one, those that lead to them and so on, hidden ones as well."""
    if not hasattr(field, "model"):
        return  # one that belongs to no model's state
    for relation in field.model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        referrer = relation.field
        if referrer.concrete and field in referrer.foreign_related_fields:
            yield referrer
            yield from referrers(referrer)


def pairs(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """Each of them as it is while `old` is altered, and as it will be when it is `new`."""
    for each in referrers(old):
        after = new.model._meta.apps.get_model(each.model._meta.label)._meta
        yield each, after.get_field(each.name)
