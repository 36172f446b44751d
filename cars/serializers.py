"""Cars as JSON."""

from __future__ import annotations

from rest_framework import serializers

from cars.models import Car


class CarSerializer(serializers.ModelSerializer[Car]):
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
