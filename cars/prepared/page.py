"""GET of a list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cars.prepared.filters import Filtered, prepared
from cars.prepared.keyset import Keys, KeysetPagination, beyond
from cars.prepared.queries import Parameter, PreparedQuery, is_simple
from cars.prepared.stock import keeps
from cars.prepared.views import columns_of


class PreparedPagination(KeysetPagination):
    """Composes the pages of a view's own queryset once."""

    columns: tuple[str, ...] | None = None
    values: Mapping[str, Any]  # of the queryset's parameters

    def gives_rows(self, columns: tuple[str, ...], view: Any) -> bool:
        """Whether rows with these columns are enough to lead from one page to the next."""
        keys = self.get_keys(view.queryset, view.request, view)
        return keys is not None and all(key.field.name in columns for key in keys)

    def paginate_columns(
        self, filtered: Filtered, columns: tuple[str, ...], view: Any
    ) -> list[Any] | None:
        """A page of the view's own queryset, filtered, as rows with these columns."""
        self.columns, self.values = columns, filtered.values
        return self.paginate_queryset(filtered.queryset, view.request, view)

    def rows(self, queryset: QuerySet[Any], count: int) -> list[Any]:
        if self.columns is None or self.keys is None:
            return super().rows(queryset, count)
        reverse, continued = self.cursor.reverse, self.position is not None
        query = _page(queryset, self.keys, self.columns, reverse, continued, count)
        names = (key.field.name for key in self.keys)
        return query.rows(**dict(zip(names, self.position or (), strict=False)), **self.values)


class PreparedList(ListModelMixin):
    """Reads rows instead of instances, where the serializer shows nothing but columns."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        view: Any = self
        columns = columns_of(view)
        if columns is None or not is_simple(view.queryset) or not _pages_rows(view, columns):
            return super().list(request, *args, **kwargs)
        filtered = prepared(view) if view.paginator else None
        if filtered is not None:
            page = view.paginator.paginate_columns(filtered, columns, view)
        else:
            queryset = view.filter_queryset(view.get_queryset())
            if not is_simple(queryset):
                return super().list(request, *args, **kwargs)
            if view.paginator is None:
                return Response(list(queryset.values(*columns)))
            page = view.paginate_queryset(queryset.values(*columns))
        if page is None:  # the paginator makes no pages, of any size
            return super().list(request, *args, **kwargs)
        answer: Response = view.get_paginated_response(page)
        return answer


def _pages_rows(view: Any, columns: tuple[str, ...]) -> bool:
    paginator = view.paginator
    return paginator is None or (
        isinstance(paginator, PreparedPagination)
        and keeps(type(view), GenericAPIView, "paginate_queryset")
        and paginator.gives_rows(columns, view)
    )


@lru_cache(maxsize=256)
def _page(  # noqa: PLR0917 - lru_cache compares positions faster
    queryset: QuerySet[Any],
    keys: Keys,
    columns: tuple[str, ...],
    reverse: bool,
    continued: bool,
    count: int,
) -> PreparedQuery:
    position = [Parameter(key.field.name, key.field) for key in keys] if continued else None
    rows = beyond(queryset, keys, position, reverse=reverse)
    return PreparedQuery(rows.values(*columns)[:count])
