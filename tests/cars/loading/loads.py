"""Runs load_cars in this process, on files that a test writes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cars.models import Car

Write = Callable[[str, str | list[Any]], Path]
GOLF = {"make": "VW", "model": "Golf", "year": 2015}
VIN = "WVWZZZ1KZFW000001"
HEADER = "make,model,year,vin\n"


def load(*arguments: object, **options: Any) -> str:
    """What the command prints, on either stream."""
    output = io.StringIO()
    call_command("load_cars", *map(str, arguments), stdout=output, stderr=output, **options)
    return output.getvalue()


def failing(*arguments: object, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        load(*arguments, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


def numbered(count: int, bad: tuple[int, ...] = ()) -> str:
    """CSV of `count` rows told apart by their mileage; those in `bad` have no year."""
    lines = [f"VW,Golf,{'' if i in bad else 2015},{i}\n" for i in range(count)]
    return "make,model,year,mileage\n" + "".join(lines)


def mileages() -> list[int]:
    """Of the cars that are there, in the order they were loaded."""
    return list(Car.objects.order_by("created_at", "id").values_list("mileage", flat=True))
