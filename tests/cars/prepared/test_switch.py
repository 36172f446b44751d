"""CARS_PREPARED changes no answer: status, headers and body are REST framework's own.

But for one header: prepared JSON that no session had a part in does not vary by cookie.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.utils import translation
from rest_framework.request import Request

from cars.models import Car
from cars.prepared import filters
from cars.prepared.insert import insert
from cars.serializers import CarSerializer
from cars.views import CarList

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
    """The answers with CARS_PREPARED on and off."""
    on, off = (_answer(prepared, method, path, given) for prepared in (True, False))
    return on, off


def _answer(prepared: bool, method: str, path: str, given: dict[str, Any]) -> Any:
    with override_settings(CARS_PREPARED=prepared):
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
    on, off = answers("GET", f"/cars/{car.pk}", headers={"accept": accept})
    assert shown(on) == shown(off)


@pytest.mark.parametrize("query", ["format=json", "format=api", "format=xml", "other=1"])
def test_a_format_in_the_query_is_obeyed_alike(car: Car, query: str) -> None:
    on, off = answers("GET", f"/cars/{car.pk}?{query}")
    assert shown(on) == shown(off)


@pytest.mark.parametrize(
    "pk", [MISSING, "no-uuid", f"{{{MISSING}}}", "0" * 31, f"urn:uuid:{MISSING}"]
)
def test_what_is_not_there_is_missed_alike(pk: object) -> None:
    on, off = answers("GET", f"/cars/{pk}")
    assert on.status_code == 404
    assert shown(on) == shown(off)


def test_an_id_may_be_written_in_every_way_that_django_reads(car: Car) -> None:
    for pk in (car.pk.hex, str(car.pk).upper(), f"{{{car.pk}}}"):
        on, off = answers("GET", f"/cars/{pk}")
        assert on.status_code == 200
        assert on.json() == off.json()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "HEAD"])
def test_other_methods_are_answered_alike(car: Car, method: str) -> None:
    on, off = answers(method, f"/cars/{car.pk}")
    assert shown(on) == shown(off)


def test_options_describe_the_same_fields() -> None:
    on, off = (answer.json() for answer in answers("OPTIONS", "/cars"))
    assert on["actions"] == off["actions"]
    assert on["actions"]["POST"]["vin"]["required"] is False


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
    answered = []
    for prepared in (True, False):
        Car.objects.all().delete()
        with override_settings(CARS_PREPARED=prepared):
            response = Client().post("/cars", body, content_type="application/json")
        *first, text = shown(response)
        answered.append((first, NEW.sub("", text)))
    on, off = answered
    assert on == off


def test_a_body_of_another_kind_is_refused_alike() -> None:
    on, off = answers("POST", "/cars", data=b"make,model", content_type="text/csv")
    assert on.status_code == 415
    assert shown(on) == shown(off)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "make=Lancia",
        "year_min=1990&year_max=2000",
        "year=x",
        "year=",
        "make=Fiat&year_max=1990&page_size=1",
        "vin=wp0zzz99zts392124",
        "year=1985&year=1986",
        "page_size=3",
        "make=Lancia&page_size=2",
    ],
)
def test_a_list_and_its_pages_are_alike(query: str) -> None:
    for number in range(7):
        Car.objects.create(make="Lancia" if number % 2 else "Fiat", model="X", year=1985 + number)
    on, off = answers("GET", f"/cars?{query}")
    assert shown(on) == shown(off)
    while on.status_code == 200 and (link := on.json()["next"]):
        on, off = answers("GET", link.removeprefix("http://testserver"))
        assert shown(on) == shown(off)
        assert on.json()["previous"]


@pytest.mark.parametrize("prepared", [True, False])
def test_a_part_of_a_car_may_be_validated(car: Car, prepared: bool) -> None:
    with override_settings(CARS_PREPARED=prepared):
        partial = CarSerializer(car, data={"make": "Lancia"}, partial=True)
        assert partial.is_valid(), partial.errors


def test_messages_are_in_the_language_of_the_request() -> None:
    for language in ("de", "en", "fr"):
        errors = []
        for prepared in (True, False):
            with translation.override(language), override_settings(CARS_PREPARED=prepared):
                serializer = CarSerializer(data={"year": 1})
                assert not serializer.is_valid()
                errors.append(str(serializer.errors))
        on, off = errors
        assert on == off


@pytest.mark.parametrize("prepared", [True, False])
def test_the_cars_own_classes_are_prepared(car: Car, prepared: bool) -> None:
    """Rows have times where instances have text: that tells which of them was answered with."""
    kind = datetime if prepared else str
    with override_settings(CARS_PREPARED=prepared):
        one = Client().get(f"/cars/{car.pk}")
        assert isinstance(one.data["created_at"], kind)  # type: ignore[attr-defined] # REST framework's
        for query in ("", "?make=Alfa+Romeo"):
            (listed,) = Client().get(f"/cars{query}").data["results"]  # type: ignore[attr-defined]
            assert isinstance(listed["created_at"], kind)
        assert insert(Car(**GIULIA))


@pytest.mark.parametrize("query", ["", "make=", "make=Fiat", "year_min=1990&year_max=2000&vin="])
def test_filters_by_columns_are_prepared(query: str) -> None:
    view = CarList(request=Request(RequestFactory().get(f"/cars?{query}")))
    for on in (True, False):
        with override_settings(CARS_PREPARED=on):
            assert (filters.prepared(view) is not None) == on


@pytest.mark.parametrize("query", ["year=x", "make=%00", f"color={'x' * 51}", "year=40000"])
def test_bad_values_of_filters_are_left_to_django_filter(query: str) -> None:
    assert (
        filters.prepared(CarList(request=Request(RequestFactory().get(f"/cars?{query}")))) is None
    )
