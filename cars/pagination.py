"""Newest first, page by page, as fast on the last page as on the first."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from cars.compiled import CompiledQuery, Parameter, Row
from cars.models import Car
from cars.serializers import FIELDS

NEWEST_FIRST = ("-created_at", "-id")
OLDEST_FIRST = ("created_at", "id")
ID, CREATED_AT = (Car._meta.get_field(name) for name in ("id", "created_at"))


class NewestFirstPagination(CursorPagination):
    """DRF's cursors, with a position that is unique: creation time and id.

    DRF's own position is the time alone plus an offset among equals, which stops being exact (and
    fast) when many cars share a time, and it passes a forged position on to the database.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = NEWEST_FIRST

    cursor: Cursor
    page: list[Row]

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        self.base_url = request.build_absolute_uri()
        self.cursor = self.decode_cursor(request) or Cursor(offset=0, reverse=False, position=None)
        size = self.get_page_size(request)
        # One row more than asked for tells whether there is another page.
        rows = self._rows(queryset, size + 1)
        more, rows = len(rows) > size, rows[:size]
        came_from_somewhere = self.cursor.position is not None
        if self.cursor.reverse:
            rows.reverse()
            self.has_next, self.has_previous = came_from_somewhere, more
        else:
            self.has_next, self.has_previous = more, came_from_somewhere
        self.page = rows
        self.display_page_controls = self.has_next or self.has_previous
        return rows

    def _rows(self, queryset: QuerySet[Car], size: int) -> list[Row]:
        """The first `size` rows beyond the cursor. Of a queryset nothing but its filters counts."""
        reverse, position = self.cursor.reverse, self.cursor.position
        time, pk = (None, None) if position is None else _read(position)
        if not queryset.query.where:
            page = _page_of_all(reverse=reverse, continued=position is not None, size=size)
            return page.rows(time=time, pk=pk)
        return list(_beyond(queryset, time, pk, reverse=reverse).values(*FIELDS)[:size])

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The request's cursor, None without one; NotFound (404) for one that we did not make."""
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor is not None:
            try:
                _read(cursor.position)
            except ValueError as error:
                raise NotFound(self.invalid_cursor_message) from error
        return cursor

    def get_page_size(self, request: Request) -> int:
        """1 to 200, larger numbers count as 200; ValidationError (400) for what is no number."""
        given = request.query_params.get(self.page_size_query_param, "")
        if not given:
            return self.page_size
        if not (given.isascii() and given.isdigit() and given.strip("0")):
            raise ValidationError({self.page_size_query_param: ["Enter a whole number above 0."]})
        # Counted before it is converted: int() refuses numbers of thousands of digits.
        return self.max_page_size if len(given) > 9 else min(int(given), self.max_page_size)  # noqa: PLR2004

    def get_next_link(self) -> str | None:
        return self._link(-1, reverse=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(0, reverse=True) if self.has_previous else None

    def _link(self, index: int, *, reverse: bool) -> str:
        position: Any = _write(self.page[index]) if self.page else self.cursor.position
        link: str = self.encode_cursor(Cursor(offset=0, reverse=reverse, position=position))
        return link


def _beyond(queryset: QuerySet[Car], time: Any, pk: Any, *, reverse: bool) -> QuerySet[Car]:
    """What follows the car of this time and id, or with `reverse` precedes it; None: everything."""
    queryset = queryset.order_by(*(OLDEST_FIRST if reverse else NEWEST_FIRST))
    if time is None:
        return queryset
    # "Beyond the cursor" as a range on the index's first column, less the ties already shown.
    if reverse:
        return queryset.filter(created_at__gte=time).exclude(created_at=time, id__lte=pk)
    return queryset.filter(created_at__lte=time).exclude(created_at=time, id__gte=pk)


@cache
def _page_of_all(*, reverse: bool, continued: bool, size: int) -> CompiledQuery:
    """The page without a filter, which most lists are."""
    time, pk = (Parameter("time", CREATED_AT), Parameter("pk", ID)) if continued else (None, None)
    cars = _beyond(Car.objects.all(), time, pk, reverse=reverse)
    return CompiledQuery(cars.values(*FIELDS)[:size])


def _write(row: Row) -> str:
    return f"{row['created_at'].isoformat()} {row['id']}"


def _read(position: Any) -> tuple[datetime, UUID]:
    """The inverse of _write; ValueError for anything else."""
    time, _, pk = str(position).partition(" ")
    created_at = datetime.fromisoformat(time)
    if created_at.utcoffset() != timedelta(0):
        raise ValueError("a position's time is UTC")
    return created_at, UUID(pk)
