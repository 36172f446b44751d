"""cars.loading.validation: the same values and errors as the serializer's, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers

from cars.loading.validation import Validator
from cars.serializers import CarSerializer
from tests.cars.loading.loads import GOLF, VIN

TEXTS = st.sampled_from(
    ["", " ", "VW", " VW ", "x" * 101, "x" * 51, "N\0L", "\ud800", VIN, VIN[1:]]
)
NUMBERS = st.sampled_from(
    [
        "2015",
        " 2015 ",
        "2015.0",
        "1885",
        "9999",
        "1e3",
        "-1",
        "0",
        "1000000",
        "9" * 2000,
        "\uff11\uff12",
    ]
)
VALUES: st.SearchStrategy[Any] = (
    TEXTS
    | NUMBERS
    | st.text(max_size=5)
    | st.sampled_from([None, True, False, 0, 1, 2015, -1, 2015.0, 1.5, 1.0, 10**30, [], {}, ["VW"]])
)
ROWS = st.dictionaries(st.sampled_from([*CarSerializer().fields, "price"]), VALUES)


def outcome(validate: Any, row: dict[str, Any]) -> Any:
    try:
        valid = validate(row)
    except serializers.ValidationError as error:
        return error.detail, error.get_codes()
    return {name: (type(value), value) for name, value in valid.items()}


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(rows=st.lists(ROWS | ROWS.map(lambda row: GOLF | row), min_size=1, max_size=5))
def test_it_says_what_the_serializer_says(rows: list[dict[str, Any]]) -> None:
    validate = Validator(CarSerializer())
    for row in rows * 2:  # what is kept of the first time counts too
        assert outcome(validate, row) == outcome(CarSerializer().run_validation, row)


class WithFieldRule(CarSerializer):
    def validate_color(self, value: str) -> str:
        raise serializers.ValidationError("No colors.")


class WithRule(CarSerializer):
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        raise serializers.ValidationError({"model": ["No models."]})


class WithConversion(CarSerializer):
    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({**data, "make": "Opel"})


def no_golf(attrs: dict[str, Any]) -> None:
    if attrs["model"] == "Golf":
        raise serializers.ValidationError("No Golf.")


class WithValidator(CarSerializer):
    class Meta(CarSerializer.Meta):
        validators = [no_golf]


@pytest.mark.parametrize("kind", [WithFieldRule, WithRule, WithConversion, WithValidator])
def test_rules_beyond_the_fields_are_those_of_the_serializer(kind: type[CarSerializer]) -> None:
    row = {**GOLF, "color": "red"}
    assert outcome(Validator(kind()), row) == outcome(kind().run_validation, row)
    assert outcome(Validator(kind()), row) != outcome(CarSerializer().run_validation, row)
