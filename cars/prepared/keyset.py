"""Cursors that are exact and equally fast on every page.

REST framework's position is the first column of the order and an offset among equals, which stops
being exact (and fast) when many rows share a value, and it passes a forged position on to the
database. Here it is every column of the order, which the primary key completes where it needs to.
Pages are part of what the API promises, so this is no matter of CARS_PREPARED.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Field, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from cars.prepared.queries import is_in_range

# Those whose values a position can hold as text and compare as the database does.
COLUMNS = (models.CharField, models.DateTimeField, models.IntegerField, models.UUIDField)


class Key(NamedTuple):
    """A column of the order."""

    field: Field[Any, Any]
    descending: bool


Keys = tuple[Key, ...]


class KeysetPagination(CursorPagination):
    """REST framework's cursors, with a position that is unique.

    Orders by anything but columns that are never NULL are left to the framework.
    """

    keys: Keys | None = None  # of the request; None: the framework's own way
    position: list[Any] | None = None  # a value for each key
    cursor: Cursor

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        self.keys = self.get_keys(queryset, request, view)
        if self.keys is None:
            return super().paginate_queryset(queryset, request, view)
        self.request = request
        size = self.get_page_size(request)
        if not size:
            return None
        self.base_url = request.build_absolute_uri()
        self.cursor = self.decode_cursor(request) or Cursor(offset=0, reverse=False, position=None)
        if self.cursor.position is not None:
            self.position = self._read(self.cursor.position, queryset.db)
        # One row more than asked for tells whether there is another page.
        rows = self.rows(queryset, size + 1)
        more, self.page = len(rows) > size, rows[:size]
        if self.cursor.reverse:
            self.page.reverse()
            self.has_next, self.has_previous = self.position is not None, more
        else:
            self.has_next, self.has_previous = more, self.position is not None
        self.display_page_controls = self.has_next or self.has_previous
        return self.page

    def get_keys(self, queryset: Any, request: Request, view: Any) -> Keys | None:
        """The columns of this request's order; None where it is not one of such columns."""
        return _keys(queryset.model, tuple(self.get_ordering(request, queryset, view)))

    def rows(self, queryset: QuerySet[Any], count: int) -> list[Any]:
        """The first `count` rows beyond the position, in the direction of the cursor."""
        assert self.keys is not None  # noqa: S101 - paginate_queryset has asked
        return list(beyond(queryset, self.keys, self.position, reverse=self.cursor.reverse)[:count])

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The request's cursor, None without one; NotFound (404) for one that we did not make."""
        cursor: Cursor | None = super().decode_cursor(request)
        if self.keys is not None and cursor is not None and cursor.position is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_next_link(self) -> str | None:
        if self.keys is None:
            return super().get_next_link()
        return self._link(-1, reverse=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        if self.keys is None:
            return super().get_previous_link()
        return self._link(0, reverse=True) if self.has_previous else None

    def _link(self, index: int, *, reverse: bool) -> str:
        position: Any = self.cursor.position
        if self.page:
            row = self.page[index]
            position = _write(
                row[key.field.attname] if isinstance(row, dict) else getattr(row, key.field.attname)
                for key in self.keys or ()
            )
        link: str = self.encode_cursor(Cursor(offset=0, reverse=reverse, position=position))
        return link

    def _read(self, position: Any, alias: str) -> list[Any]:
        """The inverse of _write; NotFound (404) for anything else."""
        texts = [unquote(text) for text in position.split(" ")]
        try:
            values = [
                _value(key.field, text, alias)
                for key, text in zip(self.keys or (), texts, strict=True)
            ]
            if _write(values) == position:
                return values
        except (ValueError, OverflowError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        raise NotFound(self.invalid_cursor_message)


def beyond(
    queryset: QuerySet[Any], keys: Keys, position: Sequence[Any] | None, *, reverse: bool
) -> QuerySet[Any]:
    """What follows the row of this position, or with `reverse` precedes it; None: everything."""
    directed = [Key(key.field, key.descending != reverse) for key in keys]
    queryset = queryset.order_by(
        *(f"-{key.field.name}" if key.descending else key.field.name for key in directed)
    )
    return queryset if position is None else queryset.filter(_beyond(directed, position))


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """A comparison of rows, where all columns go one way: an index is entered at that very row."""
    (field, descending), *others = keys
    if not others:
        return Q(**{f"{field.name}__{'lt' if descending else 'gt'}": values[0]})
    if any(key.descending != descending for key in others):
        return _either_way(keys, values)
    compare = LessThan if descending else GreaterThan
    columns = [F(key.field.name) for key in keys]
    given = [
        value if hasattr(value, "as_sql") else Value(value, key.field)
        for key, value in zip(keys, values, strict=True)
    ]
    return Q(compare(_row(columns), _row(given)))


def _either_way(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """A range on the index's first column, and of that what was not shown yet."""
    (field, descending), *others = keys
    name, side = field.name, "lte" if descending else "gte"
    shown = Q(**{name: values[0]}) & ~_beyond(others, values[1:])
    return Q(**{f"{name}__{side}": values[0]}) & ~shown


def _row(parts: Sequence[Any]) -> Func:
    return Func(*parts, template="(%(expressions)s)", output_field=models.Field())


@lru_cache(maxsize=256)
def _keys(model: type[models.Model], ordering: tuple[str, ...]) -> Keys | None:
    columns = {field.name: field for field in model._meta.concrete_fields}
    columns["pk"] = model._meta.pk
    keys = []
    for name in ordering:
        field = columns.get(name.removeprefix("-"))
        if field is None or field.null or field.is_relation or not isinstance(field, COLUMNS):
            return None
        keys.append(Key(field, name.startswith("-")))
        if field.unique:
            return tuple(keys)
    pk = Key(model._meta.pk, keys[-1].descending)
    return (*keys, pk) if isinstance(pk.field, COLUMNS) else None


def _write(values: Any) -> str:
    """One word for each value, as it is but for what would not be one."""
    return " ".join(
        quote(
            value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value),
            safe=":+",
        )
        for value in values
    )


def _value(field: Field[Any, Any], text: str, alias: str) -> Any:
    value = field.to_python(text)
    if not is_in_range(field, value, alias):
        raise ValueError("beyond the column's type")
    if "\0" in text:
        raise ValueError("no text of a database holds this")
    return value
