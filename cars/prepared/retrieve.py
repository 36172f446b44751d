"""GET of one object."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, IntegerField, QuerySet
from django.http import Http404
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from cars.prepared.queries import Parameter, PreparedQuery, Row, is_in_range, is_simple
from cars.prepared.stock import keeps
from cars.prepared.views import columns_of


class PreparedRetrieve(RetrieveModelMixin):
    """Answers with a row, where the view has nothing to say about the instance.

    `get_object()` is the framework's, so other methods and permissions find an instance.
    """

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        view: Any = self
        row = _row(view)
        return super().retrieve(request, *args, **kwargs) if row is None else Response(row)


def _row(view: Any) -> Row | None:
    """The row that was asked for, None where REST framework has to look; Http404."""
    columns = columns_of(view)
    if columns is None or view.filter_backends or not _shows_all_alike(view):
        return None
    prepared = _prepared(view.queryset, view.lookup_field, columns)
    if prepared is None:
        return None
    field, query = prepared
    try:
        given = view.kwargs[view.lookup_url_kwarg or view.lookup_field]
        value = field.to_python(given)
        if isinstance(field, IntegerField) and not is_in_range(field, value, view.queryset.db):
            return None
        rows = query.rows(value=value)
    except (TypeError, ValueError, ValidationError):
        return None  # the framework's own 404, for what is no value of this field
    if not rows:
        raise Http404(f"No {field.model._meta.object_name} matches the given query.")
    return rows[0]


def _shows_all_alike(view: GenericAPIView[Any]) -> bool:
    for permission in view.permission_classes:
        asks = getattr(permission, "has_object_permission", None)
        if asks is not BasePermission.has_object_permission:
            return False
    return _is_stock(type(view))


@cache
def _is_stock(kind: type) -> bool:
    return keeps(
        kind,
        GenericAPIView,
        *("get_object", "filter_queryset", "get_permissions", "check_object_permissions"),
    )


@lru_cache(maxsize=256)
def _prepared(
    queryset: QuerySet[Any], lookup: str, columns: tuple[str, ...]
) -> tuple[Field[Any, Any], PreparedQuery] | None:
    if not is_simple(queryset):
        return None
    options = queryset.model._meta
    try:
        field = options.pk if lookup == "pk" else options.get_field(lookup)
    except FieldDoesNotExist:
        return None
    if not (isinstance(field, Field) and field.unique and not field.is_relation):
        return None
    rows = queryset.filter(**{field.name: Parameter("value", field)}).order_by().values(*columns)
    return field, PreparedQuery(rows)
