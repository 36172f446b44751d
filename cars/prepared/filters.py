"""Filters by columns, whose SQL depends on nothing but which of them have a value.

django-filter copies its filters and its form for each request and composes a query of them: with
all that follows, two thirds of what a filtered page costs.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Field, IntegerField, QuerySet
from django_filters import rest_framework as filters
from django_filters.constants import EMPTY_VALUES
from django_filters.filters import QuerySetRequestMixin
from rest_framework.generics import GenericAPIView

from cars.prepared import enabled
from cars.prepared.queries import Parameter, is_in_range
from cars.prepared.stock import adds_only, keeps

LOOKUPS = frozenset(["exact", "gt", "gte", "lt", "lte"])
# Columns whose lookups compare with a value as it is, and the type of this value.
COMPARED: dict[type, type] = {CharField: str, IntegerField: int}


class Filtered(NamedTuple):
    """A view's queryset with a Parameter for each filter's value, and these values."""

    queryset: QuerySet[Any]
    values: dict[str, Any]


class PreparedFilterBackend(filters.DjangoFilterBackend):
    """django-filter's; `PreparedList` first asks it for what can be prepared."""

    def prepared(self, view: Any) -> Filtered | None:
        """None where django-filter has to look at the request, for a bad value also."""
        backend: Any = type(self)
        kind: Any = getattr(view, "filterset_class", None)
        if not enabled() or kind is None or not _is_stock(backend):
            return None
        kept = _kept(kind)
        values = None if kept is None else _values(kept, view.request.query_params)
        queryset: Any = view.queryset
        if not values:
            return None if values is None else Filtered(queryset, {})
        columns = _columns(queryset, kind, tuple(values))
        if columns is None or not all(
            _compares(column, value, queryset.db)
            for column, value in zip(columns, values.values(), strict=True)
        ):
            return None
        parameters = {_parameter(name): value for name, value in values.items()}
        return Filtered(_filtered(queryset, kind, tuple(values)), parameters)


def prepared(view: Any) -> Filtered | None:
    """What all of a view's filters make of its own queryset; None where they cannot be prepared."""
    if not keeps(type(view), GenericAPIView, "filter_queryset") or len(view.filter_backends) > 1:
        return None
    if not view.filter_backends:
        return Filtered(view.queryset, {})
    (backend,) = view.filter_backends
    return backend().prepared(view) if issubclass(backend, PreparedFilterBackend) else None


@cache
def _is_stock(kind: type) -> bool:
    return keeps(
        kind,
        filters.DjangoFilterBackend,
        "filter_queryset",
        "get_filterset",
        "get_filterset_class",
        "get_filterset_kwargs",
    )


@cache
def _kept(kind: Any) -> dict[str, filters.Filter] | None:
    """A set's filters by their parameters; None where some may act without a value."""
    methods = ("__init__", "form", "get_form_class", "is_valid", "errors", "qs", "filter_queryset")
    if not keeps(kind, filters.FilterSet, *methods) or kind._meta.form is not forms.Form:
        return None
    kept: dict[str, filters.Filter] = copy.deepcopy(kind.base_filters)
    return kept if all(map(_waits_for_a_value, kept.values())) else None


def _waits_for_a_value(each: filters.Filter) -> bool:
    """And reads it from the parameter of its name alone."""
    extra = each.extra
    if extra["required"] or extra.get("disabled") or isinstance(each, QuerySetRequestMixin):
        return False
    widget = type(each.field.widget)
    return adds_only(type(each), {"__init__"}.__contains__) and (
        keeps(widget, forms.Widget, "value_from_datadict")
    )


def _values(kept: Mapping[str, filters.Filter], given: Any) -> dict[str, Any] | None:
    """The values of these filters, those without one left out; None if one of them is bad."""
    values = {}
    for name, each in kept.items():
        if name in given:
            try:
                value = each.field.clean(each.field.widget.value_from_datadict(given, {}, name))
            except ValidationError:
                return None
            if value not in EMPTY_VALUES:
                values[name] = value
    return values


@lru_cache(maxsize=256)
def _columns(
    queryset: QuerySet[Any], kind: Any, names: tuple[str, ...]
) -> list[Field[Any, Any]] | None:
    """What these filters compare; None where one of them does anything else."""
    columns = {column.name: column for column in queryset.model._meta.concrete_fields}
    kept = [kind.base_filters[name] for name in names]
    if all(
        keeps(type(each), filters.Filter, "filter", "get_method")
        and each.field_name in columns
        and each.lookup_expr in LOOKUPS
        and not (each.method or each.exclude or each.distinct)
        for each in kept
    ):
        return [columns[each.field_name] for each in kept]
    return None


def _compares(column: Field[Any, Any], value: Any, alias: str) -> bool:
    """Whether the database compares this value with the column's as it is."""
    kinds = [type_ for base, type_ in COMPARED.items() if isinstance(column, base)]
    return type(value) in kinds and is_in_range(column, value, alias)


@lru_cache(maxsize=256)
def _filtered(queryset: QuerySet[Any], kind: Any, names: tuple[str, ...]) -> QuerySet[Any]:
    for name in names:
        each = kind.base_filters[name]
        column = queryset.model._meta.get_field(each.field_name)
        lookup = f"{each.field_name}__{each.lookup_expr}"
        queryset = queryset.filter(**{lookup: Parameter(_parameter(name), column)})
    return queryset


def _parameter(name: str) -> str:
    """Other than what a column may be called: the position in a list has parameters too."""
    return f"?{name}"
