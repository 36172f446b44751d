"""Text that nobody sees is refused wherever cars come in, and digits are those of ASCII."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cars.models import Car
from cars.prepared.fields import columns_shown
from cars.serializers import CarSerializer

pytestmark = pytest.mark.django_db

SAAB = {"make": "Saab", "model": "96", "year": 1967, "mileage": 7}
INVISIBLE = ["\u200b", "\ufeff", "\u00ad", "\u202e", "\x07", "\x9f", "\u2028", "\t", "\u200d"]
VISIBLE = [
    "Škoda",
    "東風",
    "Citroën",
    "Ci\u0308",
    "الفا",
    "\u00a0x",
    "\U0001f697",
    "A\u2013B",
    "L'x",
]


def post(**fields: Any) -> Any:
    return Client().post("/cars", {**SAAB, **fields}, content_type="application/json")


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_what_nobody_sees_is_refused_by_name(character: str) -> None:
    for field in ("make", "model", "color"):
        answer = post(**{field: f"Sa{character}ab"})
        (message,) = answer.json()[field]
        assert (answer.status_code, f"U+{ord(character):04X}" in message) == (400, True)


@pytest.mark.parametrize("text", VISIBLE)
def test_any_other_text_is_taken(text: str) -> None:
    answer = post(make=text + "a", model=text + "b", color=text + "c")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["color"] == (text + "c").strip()


def test_the_admin_refuses_it_too(client: Client) -> None:
    client.force_login(User.objects.create_superuser("keeper"))
    page = client.post("/admin/cars/car/add/", {**SAAB, "make": "Sa\u200bab"})
    assert "U+200B" in page.content.decode()
    assert not Car.objects.exists()


DIGITS = ["\u0661\u0669\u0668\u0665", "\uff11\uff19\uff18\uff15", "1\u0669\u0668\u0665"]


@pytest.mark.parametrize("digits", DIGITS)
def test_digits_of_other_scripts_are_no_numbers(digits: str) -> None:
    for field in ("year", "mileage"):
        answer = post(**{field: digits})
        assert (answer.status_code, answer.json()) == (400, {field: [NOT_WHOLE]})
    for parameter in ("year", "year_min", "year_max"):
        answer = Client().get("/cars", {parameter: digits})
        assert (answer.status_code, set(answer.json())) == (400, {parameter})
    assert post(year="1985", mileage="12").status_code == 201


NOT_WHOLE = "A valid integer is required."


def test_rows_of_these_fields_are_still_shown_as_they_are() -> None:
    """A field with other input does not keep a request from being prepared."""
    assert columns_shown(CarSerializer) == CarSerializer.Meta.fields
