"""The query parameters of GET /cars."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.views import APIView

from cars.models import Car


class YearFilter(filters.NumberFilter):
    """A whole number that every database can compare with its column."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(field_name="year", min_value=0, max_value=9999, **kwargs)


class CarFilter(filters.FilterSet):
    """All of them exact, and all that are given must hold. A bad value is 400 and named."""

    make = filters.CharFilter(max_length=100)
    model = filters.CharFilter(max_length=100)
    year = YearFilter()
    year_min = YearFilter(lookup_expr="gte", label="Year, at least")
    year_max = YearFilter(lookup_expr="lte", label="Year, at most")
    color = filters.CharFilter(max_length=50)
    vin = filters.CharFilter(max_length=17, label="VIN")

    class Meta:
        model = Car
        fields: list[str] = []  # all are declared above

    def get_form_class(self) -> type[forms.Form]:
        return _form_class()


@cache
def _form_class() -> type[forms.Form]:
    """Made once: it depends on nothing but the filters, and costs each filtered list 100 us."""
    form: type[forms.Form] = super(CarFilter, CarFilter()).get_form_class()
    return form


class GivenFilters(filters.DjangoFilterBackend):
    """django-filter, for requests that filter: its filters and form cost any other 250 us."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        if CarFilter.base_filters.keys().isdisjoint(request.query_params):
            return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered
