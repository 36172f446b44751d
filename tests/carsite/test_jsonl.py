"""dumpdata's JSON lines: nothing is rounded, and no locale matters."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core import serializers

from cars.models import Car

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_car_comes_back_to_the_microsecond():
    car = Car(make="Škoda", model="a\r\nb\x01", year=2020, created_at=MOMENT, updated_at=MOMENT)
    text = serializers.serialize("jsonl", [car])
    [again] = serializers.deserialize("jsonl", text)
    assert vars(again.object) | {"_state": None} == vars(car) | {"_state": None}


def test_the_text_is_ascii_and_one_line_a_car():
    cars = [Car(make="Škoda", model="\u2028", year=2020) for _ in range(2)]
    text = serializers.serialize("jsonl", cars)
    assert text.isascii()
    assert len(text.splitlines()) == 2
