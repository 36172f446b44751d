from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone


def not_after_next_year(value: int) -> None:
    limit = timezone.now().year + 1
    if value > limit:
        raise ValidationError(f"Ensure this value is less than or equal to {limit}.")


class Car(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    make = models.CharField(max_length=100)
    model = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1886), not_after_next_year]
    )
    vin = models.CharField(
        max_length=17,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^[A-HJ-NPR-Z0-9]{17}\Z")],
    )
    color = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001 - the table has NULL
    mileage = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(999_999)])
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        # The table is the project's: its migrations have made it, and its cars are in it.
        managed = False
        db_table = "cars_car"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.year} {self.make} {self.model}"
