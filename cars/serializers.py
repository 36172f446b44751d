"""Cars as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cars.models import FIRST_YEAR, MAX_MILEAGE, Car, validate_not_after_next_year
from cars.numbers import WholeNumberField
from cars.prepared.fields import PreparedFields
from cars.prepared.insert import PreparedInsert
from cars.vin import in_capitals, validate_vin_in_either_case


class CarSerializer(PreparedFields, PreparedInsert, serializers.ModelSerializer[Car]):
    """A car: what a POST sends of it, and what every answer shows."""

    # Declared, because a ModelSerializer would add the column's own limits, another on each
    # database, to the one that is meant.
    year = WholeNumberField(min_value=FIRST_YEAR, validators=[validate_not_after_next_year])
    mileage = WholeNumberField(min_value=0, max_value=MAX_MILEAGE, required=False)

    class Meta:
        model = Car
        fields = (
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
        read_only_fields = ("id", "created_at", "updated_at")
        extra_kwargs = {
            # The database's unique index is what decides (cars.views): looking first costs a query
            # on every POST and still loses against a concurrent one.
            "vin": {"validators": [validate_vin_in_either_case], "allow_blank": False},
            "color": {"allow_blank": False},
        }
        # There are no rules about several fields; DRF would search the model for some each time.
        validators: list[Any] = []

    def validate_vin(self, value: str | None) -> str | None:
        """As it is stored, and answered."""
        capitals: str | None = in_capitals(value)
        return capitals
