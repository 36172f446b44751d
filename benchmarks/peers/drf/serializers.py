from __future__ import annotations

from rest_framework import serializers

from benchmarks.peers.drf.models import Car


class CarSerializer(serializers.ModelSerializer[Car]):
    class Meta:
        model = Car
        fields = [
            *("id", "make", "model", "year", "vin", "color", "mileage"),
            *("created_at", "updated_at"),
        ]
