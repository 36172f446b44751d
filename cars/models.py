"""A car."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from cars.fields import VisibleCharField
from cars.vin import VINField, validate_vin

FIRST_YEAR = 1886  # Benz's Patent-Motorwagen
MAX_MILEAGE = 999_999


def validate_not_after_next_year(value: int) -> None:
    """Next year's models are on sale this year. Its own function because the limit moves."""
    limit = timezone.now().year + 1
    if value > limit:
        raise ValidationError(f"Ensure this value is less than or equal to {limit}.")


class Car(models.Model):
    """Cars are listed newest first; each filter has an index that already is in that order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    make = VisibleCharField(max_length=100)
    model = VisibleCharField(max_length=100)
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(FIRST_YEAR), validate_not_after_next_year]
    )
    # Unknown is NULL, in both: two cars without a VIN are no duplicates.
    vin = VINField(
        "VIN", max_length=17, unique=True, null=True, blank=True, validators=[validate_vin]
    )
    color = VisibleCharField(max_length=50, null=True, blank=True)
    mileage = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MAX_MILEAGE)])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    # What was asked for under an Idempotency-Key (cars.idempotency); NULL without one.
    idempotency_fingerprint = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - as above

    class Meta:
        ordering = ["-created_at", "-id"]
        # Ascending, because Aurora DSQL knows no other; PostgreSQL reads an index either way.
        indexes = [
            models.Index(fields=["created_at", "id"], name="car_newest"),
            models.Index(fields=["make", "created_at", "id"], name="car_make_newest"),
            models.Index(fields=["model", "created_at", "id"], name="car_model_newest"),
            models.Index(fields=["year", "created_at", "id"], name="car_year_newest"),
            models.Index(fields=["color", "created_at", "id"], name="car_color_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(year__gte=FIRST_YEAR), name="car_year"),
            models.CheckConstraint(
                condition=models.Q(mileage__gte=0, mileage__lte=MAX_MILEAGE), name="car_mileage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.make} {self.model}"
