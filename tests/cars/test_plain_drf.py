"""What is tuned answers as plain Django REST framework does: status, headers and body.

But for one header: JSON that no session had a part in does not vary by cookie.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.utils import translation

from cars.models import Car
from cars.serializers import CarSerializer
from tests.cars.plain import PlainSerializer

pytestmark = pytest.mark.django_db

HEADERS = ("Content-Type", "Allow", "Vary", "WWW-Authenticate")
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"csrfToken": "\w+"')
NEW = re.compile(r'"(id|created_at|updated_at)": ?"[^"]+"')
GIULIA = {"make": "Alfa Romeo", "model": "Giulia", "year": 2019}
MISSING = uuid.UUID(int=1)


@pytest.fixture
def car() -> Car:
    return Car.objects.create(**GIULIA, vin="WP0ZZZ99ZTS392124", color="rosso", mileage=48210)


def answers(method: str, path: str, **given: Any) -> tuple[Any, Any]:
    """What this project answers, and what plain DRF does."""
    ours, plain = (
        Client().generic(method, path, **given)
        if urls == "carsite.urls"
        else _plainly(method, path, given)
        for urls in ("carsite.urls", "tests.cars.plain")
    )
    return ours, plain


def _plainly(method: str, path: str, given: dict[str, Any]) -> Any:
    with override_settings(ROOT_URLCONF="tests.cars.plain"):
        return Client().generic(method, path, **given)


def shown(response: Any) -> tuple[int, dict[str, str | None], str]:
    headers = {name: response.headers.get(name) for name in HEADERS}
    if "json" in str(headers["Content-Type"]):
        headers["Vary"] = str(headers["Vary"]).removesuffix(", Cookie")
    return response.status_code, headers, TOKENS.sub("", response.content.decode())


@pytest.mark.parametrize(
    "accept",
    ["application/json", "*/*", "application/json; indent=4", "text/html", "text/xml", "nonsense"],
)
def test_a_car_is_shown_alike(car: Car, accept: str) -> None:
    ours, plain = answers("GET", f"/cars/{car.pk}", headers={"accept": accept})
    assert shown(ours) == shown(plain)


@pytest.mark.parametrize("query", ["format=json", "format=api", "format=xml", "other=1"])
def test_a_format_in_the_query_is_obeyed_alike(car: Car, query: str) -> None:
    ours, plain = answers("GET", f"/cars/{car.pk}?{query}")
    assert shown(ours) == shown(plain)


@pytest.mark.parametrize(
    "pk", [MISSING, "no-uuid", f"{{{MISSING}}}", "0" * 31, f"urn:uuid:{MISSING}"]
)
def test_what_is_not_there_is_missed_alike(pk: object) -> None:
    ours, plain = answers("GET", f"/cars/{pk}")
    assert ours.status_code == 404
    assert shown(ours) == shown(plain)


def test_an_id_may_be_written_in_every_way_that_django_reads(car: Car) -> None:
    for pk in (car.pk.hex, str(car.pk).upper(), f"{{{car.pk}}}"):
        ours, plain = answers("GET", f"/cars/{pk}")
        assert ours.status_code == 200
        assert ours.json() == plain.json()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "HEAD"])
def test_other_methods_are_answered_alike(car: Car, method: str) -> None:
    ours, plain = answers(method, f"/cars/{car.pk}")
    assert shown(ours) == shown(plain)


def test_options_describe_the_same_fields() -> None:
    ours, plain = (answer.json() for answer in answers("OPTIONS", "/cars"))
    assert ours["actions"] == plain["actions"]
    assert ours["actions"]["POST"]["vin"]["required"] is False


@pytest.mark.parametrize(
    "body",
    [
        GIULIA,
        {**GIULIA, "vin": "WP0ZZZ99ZTS392124", "color": None, "mileage": 7},
        {},
        [],
        "text",
        {**GIULIA, "year": 1700, "vin": "short", "mileage": -1, "make": ""},
        {**GIULIA, "year": "2019", "mileage": "7", "model": 7},
        {**GIULIA, "id": str(MISSING), "created_at": "2001-01-01", "unknown": 1},
    ],
)
def test_a_new_car_is_answered_alike(body: Any) -> None:
    Car.objects.all().delete()
    ours = Client().post("/cars", body, content_type="application/json")
    Car.objects.all().delete()
    with override_settings(ROOT_URLCONF="tests.cars.plain"):
        plain = Client().post("/cars", body, content_type="application/json")
    (*ours_first, ours_body), (*plain_first, plain_body) = shown(ours), shown(plain)
    assert ours_first == plain_first
    assert NEW.sub("", ours_body) == NEW.sub("", plain_body)


def test_a_body_of_another_kind_is_refused_alike() -> None:
    ours, plain = answers("POST", "/cars", data=b"make,model", content_type="text/csv")
    assert ours.status_code == 415
    assert shown(ours) == shown(plain)


@pytest.mark.parametrize("query", ["", "make=Lancia", "year_min=1990&year_max=2000", "year=x"])
def test_a_list_has_the_same_cars_with_and_without_composing(query: str) -> None:
    for number in range(7):
        Car.objects.create(make="Lancia" if number % 2 else "Fiat", model="X", year=1985 + number)
    ours, plain = answers("GET", f"/cars?{query}")
    assert ours.status_code == plain.status_code
    assert ours.json() == plain.json() or ours.json()["results"] == plain.json()


def test_a_part_of_a_car_is_validated_alike(car: Car) -> None:
    for serializer in (CarSerializer, PlainSerializer):
        partial = serializer(car, data={"make": "Lancia"}, partial=True)
        assert partial.is_valid(), partial.errors


def test_messages_are_in_the_language_of_the_request() -> None:
    for language in ("de", "en", "fr"):
        with translation.override(language):
            ours, plain = CarSerializer(data={"year": 1}), PlainSerializer(data={"year": 1})
            assert not ours.is_valid()
            assert not plain.is_valid()
            assert str(ours.errors) == str(plain.errors)
