"""Filters, for requests that filter: django-filter's set and form cost any other 250 us."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django_filters import rest_framework as filters
from django_filters.filters import QuerySetRequestMixin
from django_filters.filterset import BaseFilterSet
from rest_framework.request import Request
from rest_framework.views import APIView

from cars.prepared import enabled
from cars.prepared.stock import adds_only, keeps


class PreparedFilterBackend(filters.DjangoFilterBackend):
    """django-filter's, which leaves a request alone that gives no value to any filter."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        backend: Any = type(self)
        kind: Any = getattr(view, "filterset_class", None)
        if enabled() and kind is not None and _is_stock(backend):
            names = _names(kind)
            if names is not None and names.isdisjoint(request.query_params):
                return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class PreparedForm(filters.FilterSet):
    """Makes its form's class once: that costs each request that filters 100 us."""

    def get_form_class(self) -> type[forms.Form]:
        kind: Any = type(self)
        if not (enabled() and _has_one_form(kind)):
            form: type[forms.Form] = super().get_form_class()
            return form
        key = kind, get_language()  # labels are of one language
        if key not in _forms:
            _forms[key] = super().get_form_class()
        return _forms[key]


_forms: dict[tuple[type, str | None], type[forms.Form]] = {}


@cache
def _is_stock(kind: type) -> bool:
    return keeps(
        kind,
        filters.DjangoFilterBackend,
        "get_filterset",
        "get_filterset_class",
        "get_filterset_kwargs",
    )


@cache
def _has_one_form(kind: Any) -> bool:
    """Whether no instance changes its filters."""
    return keeps(kind, filters.FilterSet, "__init__", "form") and not any(
        isinstance(each, QuerySetRequestMixin) for each in kind.base_filters.values()
    )


@cache
def _names(kind: Any) -> frozenset[str] | None:
    """The parameters that these filters read; None where some may act without one."""
    if (
        _has_one_form(kind)
        and keeps(kind, filters.FilterSet, "is_valid", "errors", "qs", "filter_queryset")
        and kind.get_form_class in (BaseFilterSet.get_form_class, PreparedForm.get_form_class)
        and kind._meta.form is forms.Form
        and all(_waits_for_a_value(each) for each in kind.base_filters.values())
    ):
        return frozenset(kind.base_filters)
    return None


def _waits_for_a_value(each: filters.Filter) -> bool:
    if each.extra["required"] or not adds_only(type(each), {"__init__"}.__contains__):
        return False
    # Of a copy, since it keeps its field. Several widgets have a parameter each.
    return not isinstance(copy.deepcopy(each).field.widget, forms.MultiWidget)
