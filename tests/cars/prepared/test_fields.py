"""Prepared fields take and refuse what REST framework's own do, in the same words."""

from __future__ import annotations

from typing import Any

import pytest

from cars.serializers import CarSerializer


@pytest.mark.parametrize(
    "text", ["Škoda", "丰田 🚗", "half \ud83d", "\udfff", "nul \0", "", 7, None]
)
def test_text_is_refused_as_rest_framework_does_it(settings: Any, text: Any) -> None:
    found = []
    for settings.CARS_PREPARED in (True, False):
        serializer = CarSerializer(data={"make": text, "model": "1000 MB", "year": 1965})
        found.append((serializer.is_valid(), serializer.errors))
    assert found[0] == found[1]
    codes = [[error.code for error in each.get("make", [])] for _, each in found]
    assert codes[0] == codes[1]


def test_half_a_character_is_refused() -> None:
    """A form can spell it, and no database holds it."""
    serializer = CarSerializer(data={"make": "\ud83d", "model": "1000 MB", "year": 1965})
    assert not serializer.is_valid()
    (error,) = serializer.errors["make"]
    assert error.code == "surrogate_characters_not_allowed"
