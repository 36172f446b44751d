"""Cars as JSON."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict

from cars.models import FIRST_YEAR, Car, validate_not_after_next_year

FIELDS = (
    "id",
    "make",
    "model",
    "year",
    "vin",
    "color",
    "mileage",
    "created_at",
    "updated_at",
)

_values = attrgetter(*FIELDS)


class CarSerializer(serializers.ModelSerializer[Car]):
    # Declared, because a ModelSerializer would add the column's own limits, another on each
    # database, to the one that is meant.
    year = serializers.IntegerField(min_value=FIRST_YEAR, validators=[validate_not_after_next_year])

    class Meta:
        model = Car
        fields = FIELDS
        read_only_fields = ("id", "created_at", "updated_at")
        extra_kwargs = {
            # The database's unique index is what decides (cars.views): looking first costs a query
            # on every POST and still loses against a concurrent one.
            "vin": {"validators": Car._meta.get_field("vin").validators, "allow_blank": False},
            "color": {"allow_blank": False},
        }
        # There are no rules about several fields; DRF would search the model for some each time.
        validators: list[Any] = []

    @cached_property
    def fields(self) -> BindingDict:
        """Built once for each language of their messages: they cost every request 250 us."""
        if self.partial:  # which fields ask their own serializer
            partial: BindingDict = super().fields
            return partial
        return _fields(type(self), get_language())

    def to_representation(self, instance: Car | dict[str, Any]) -> dict[str, Any]:
        """What the columns hold, of a car or of a row that was read with `.values(*FIELDS)`.

        Renderers write UUIDs and times of UTC just as DRF's fields do.
        """
        if isinstance(instance, dict):
            return instance
        return dict(zip(FIELDS, _values(instance), strict=True))

    def create(self, validated_data: dict[str, Any]) -> Car:
        """DRF's own looks for nested data and relations first, in every field of the model."""
        return Car.objects.create(**validated_data)


@cache
def _fields(kind: type[CarSerializer], language: str | None) -> BindingDict:
    # Of a serializer without a request: what is kept must not keep one.
    fields: BindingDict = super(CarSerializer, kind()).fields
    return fields
