"""Django's change list without its two queries that read a whole table: count(*) and the dates."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from itertools import takewhile
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cars.models import Car

AHEAD = 5  # pages
LAST_PAGE = 1000  # OFFSET reads what it skips; further back, filters and dates are the way


class NewestFirstChangeList(ChangeList):
    """A change list in one order, the one that has an index, whatever ?o= asks for."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Car]) -> list[Any]:
        return ["-created_at", "-id"]

    def get_ordering_field_columns(self) -> dict[int, Any]:
        return {}

    @property
    def known_count(self) -> str:
        """The number of cars, as far as the paginator has looked."""
        paginator = self.paginator
        more = isinstance(paginator, LookAheadPaginator) and paginator.has_more
        return f"More than {self.result_count - 1:,}" if more else f"{self.result_count:,}"


class LookAheadPaginator(Paginator):
    """Knows this page and the few after it, by fetching their keys instead of counting all rows.

    count(*) takes 47 ms at a million cars and grows with them; this does not.
    """

    def __init__(self, queryset: QuerySet[Car], per_page: int, page_number: str | None) -> None:
        super().__init__(queryset, per_page)
        self.queryset = queryset
        self.has_more = False
        given = page_number or ""
        is_number = given.isascii() and given.isdigit() and len(given) <= len(str(LAST_PAGE))
        self.page_number = min(max(int(given), 1), LAST_PAGE) if is_number else 1

    @cached_property
    def count(self) -> int:
        """The rows up to this page, and those of the next pages that were looked at."""
        start = (self.page_number - 1) * self.per_page
        stop = start + AHEAD * self.per_page + 1
        keys = self.queryset.values_list("pk")[start:stop]
        self.has_more = len(keys) > AHEAD * self.per_page
        return start + len(keys)


class PeriodQuerySet(QuerySet):
    """A queryset whose `datetimes` are all periods between the first and the last row.

    The admin's date hierarchy asks for the distinct years, months or days; answering from the two
    ends of the index offers a period without cars now and then, and reads two rows, not all.
    """

    def datetimes(self, field_name: str, kind: str, *args: Any, **kwargs: Any) -> Any:
        ends = self.aggregate(first=Min(field_name), last=Max(field_name))
        if ends["first"] is None:
            return []
        first, last = timezone.localtime(ends["first"]), timezone.localtime(ends["last"])
        if kind == "year":
            return [
                first.replace(year=year, month=1, day=1)
                for year in range(first.year, last.year + 1)
            ]
        days = (
            first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(n)
            for n in range(366)
        )
        until = list(takewhile(lambda day: day <= last, days))
        return (
            [day for day in until if day.day == 1 or day == until[0]] if kind == "month" else until
        )
