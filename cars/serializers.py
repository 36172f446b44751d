"""Cars as JSON."""

from __future__ import annotations

from rest_framework import serializers

from cars.models import FIRST_YEAR, Car, validate_not_after_next_year


class CarSerializer(serializers.ModelSerializer[Car]):
    # Declared, because a ModelSerializer would add the column's own limits, another on each
    # database, to the one that is meant.
    year = serializers.IntegerField(min_value=FIRST_YEAR, validators=[validate_not_after_next_year])

    class Meta:
        model = Car
        fields = [
            "id",
            "make",
            "model",
            "year",
            "vin",
            "color",
            "mileage",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["id", "created_at", "updated_at"]
        extra_kwargs = {
            # The database's unique index is what decides (cars.views): looking first costs a query
            # on every POST and still loses against a concurrent one.
            "vin": {"validators": Car._meta.get_field("vin").validators, "allow_blank": False},
            "color": {"allow_blank": False},
        }
