"""What is wrong with a value, where the API's own words leave that open."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from rest_framework.exceptions import ValidationError
from rest_framework.fields import IntegerField

from cars.loading.outcome import InvalidRow
from cars.reading import Row
from cars.serializers import CarSerializer

GROUPED = re.compile(r"\d{1,3}(?:[,.' \u2019\u00a0\u202f]\d{3})+")
WITH_UNIT = re.compile(r"([\d,.' ]*\d)\s*[^\W\d]+\.?")


def refuse_grouped_thousands(given: dict[str, Any]) -> None:
    """Raises ValidationError for "120.000": the API takes it for 120, and a file means 120000."""
    for name in integers():
        value = given.get(name)
        if value.__class__ is str and value.endswith(".000") and GROUPED.fullmatch(value):
            raise ValidationError({name: [IntegerField.default_error_messages["invalid"]]})


@cache
def integers() -> tuple[str, ...]:
    """The names of a car's fields that are whole numbers."""
    fields = CarSerializer().fields.items()
    return tuple(name for name, field in fields if isinstance(field, IntegerField))


def explained(row: Row, given: dict[str, Any], error: ValidationError) -> InvalidRow:
    """The bad row that `error` makes of `row`; `given` are its fields."""
    errors = {
        name: [*map(str, texts), *_explanation(name, given.get(name))]
        for name, texts in cast(dict[str, list[str]], error.detail).items()
    }
    return InvalidRow(row, errors, {name: given[name] for name in errors if name in given})


def _explanation(name: str, value: Any) -> list[str]:
    if name not in integers() or not isinstance(value, str):
        return []
    text = value.strip()
    if GROUPED.fullmatch(text):
        return [f"Write it without separators: {re.sub(r'[^0-9]', '', text)}."]
    return ["Write the number alone."] if WITH_UNIT.fullmatch(text) else []
