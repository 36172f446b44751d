"""Which fields an index or a constraint is about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP


def names(item: Any) -> set[str]:
    """The fields that an index or a constraint mentions, by their name or their attname."""
    names = {*getattr(item, "fields", ()), *getattr(item, "include", ())}
    expressions = [*getattr(item, "expressions", ()), getattr(item, "condition", None)]
    return names | set(chain.from_iterable(map(_references, expressions)))


def _references(expression: Any) -> Iterator[str]:
    if isinstance(expression, Q):
        yield from expression.referenced_base_fields
    elif isinstance(expression, F):
        name: str = expression.name  # type: ignore[attr-defined] # which the stubs leave out
        yield name.partition(LOOKUP_SEP)[0]
    elif expression is not None:
        for part in expression.get_source_expressions():
            yield from _references(part)
