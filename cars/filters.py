"""The query parameters of GET /cars."""

from __future__ import annotations

from django_filters import rest_framework as filters

from cars.models import Car
from cars.numbers import WholeNumberFormField

WHOLE = "whole and in the same letters"


class YearFilter(filters.NumberFilter):
    """A whole number that every database can compare with its column."""

    field_class = WholeNumberFormField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(field_name="year", min_value=0, max_value=9999, **kwargs)


class CarFilter(filters.FilterSet):
    """All of them exact, and all that are given must hold. A bad value is 400 and named."""

    make = filters.CharFilter(max_length=100, help_text=f"The make, {WHOLE}")
    model = filters.CharFilter(max_length=100, help_text=f"The model, {WHOLE}")
    year = YearFilter(help_text="Exactly this year")
    year_min = YearFilter(lookup_expr="gte", label="Year, at least", help_text="This year or later")
    year_max = YearFilter(
        lookup_expr="lte", label="Year, at most", help_text="This year or earlier"
    )
    color = filters.CharFilter(max_length=50, help_text=f"The color, {WHOLE}")
    vin = filters.CharFilter(max_length=17, label="VIN", help_text="The whole VIN")

    class Meta:
        model = Car
        fields: list[str] = []  # all are declared above
