"""The document says what the service does: its examples are answers, its schemas hold for them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from carsite.http.problems import problem

pytestmark = pytest.mark.django_db

DOCUMENT = json.loads((Path(__file__).parents[3] / "carsite" / "openapi.json").read_text())
OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
}
LIST, CREATE = OPERATIONS["cars_list"], OPERATIONS["cars_create"]
SHAPES = {"usual": "application/json", "problem": "application/problem+json"}


def example(operation: str, status: int, shape: str) -> Any:
    content = OPERATIONS[operation]["responses"][str(status)]["content"][SHAPES[shape]]
    (found,) = content["examples"].values()
    return copy.deepcopy(found["value"])


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (name, int(status))
        for name, operation in OPERATIONS.items()
        for status in operation["responses"]
        if status >= "400"
    ],
)
def test_every_error_has_an_example_in_both_shapes(operation: str, status: int) -> None:
    usual, full = (example(operation, status, shape) for shape in SHAPES)
    made = problem(status, usual)
    for each in (made, full, *made.get("errors", []), *full.get("errors", [])):
        assert each.pop("code")  # which the usual shape does not tell
    assert made == full


PROBLEMS = {"accept": "application/json, application/problem+json"}


@pytest.mark.parametrize(
    ("operation", "status", "path"),
    [
        ("cars_list", 400, "/cars?year=x"),
        ("cars_list", 404, "/cars?cursor=x"),
        ("cars_retrieve", 404, "/cars/00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_wrong_question_is_answered_as_shown(operation: str, status: int, path: str) -> None:
    answer = Client().get(path, headers=PROBLEMS)
    assert (answer.status_code, answer.json()) == (status, example(operation, status, "problem"))


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (401, "application/json", "{}"),
        (413, "application/json", "x" * (1024 * 1024 + 1)),
        (415, "text/csv", "make,model"),
    ],
    ids=["no login", "too large", "another kind"],
)
def test_a_wrong_car_is_answered_as_shown(
    settings: Settings, status: int, kind: str, body: str
) -> None:
    settings.CARS_WRITES_REQUIRE_LOGIN = status == 401
    answer = Client().post("/cars", body, content_type=kind, headers=PROBLEMS)
    found = example("cars_create", status, "problem")
    assert (answer.status_code, answer.json()) == (status, found)


@pytest.mark.django_db(transaction=True)
def test_what_is_there_already_is_answered_as_shown() -> None:
    car, _ = CREATE["requestBody"]["content"]["application/json"]["examples"].values()

    def post(key: str, **fields: Any) -> Any:
        body = {**car["value"], **fields}
        headers = {**PROBLEMS, "idempotency-key": key}
        return Client().post("/cars", body, content_type="application/json", headers=headers)

    first = post("first")
    assert first.status_code == 201
    assert first["Location"]
    assert set(first.json()) == set(DOCUMENT["components"]["schemas"]["Car"]["required"])
    for status, answer in ((400, post("second")), (422, post("first", mileage=1))):
        found = example("cars_create", status, "problem")
        assert (answer.status_code, answer.json()) == (status, found)


def test_what_is_always_there_is_required() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert {"vin", "color", "mileage"} <= set(schemas["Car"]["required"])
    assert set(schemas["PaginatedCarList"]["required"]) == {"next", "previous", "results"}
    assert schemas["CarRequest"]["required"] == ["make", "model", "year"]


def test_the_document_names_headers_bounds_and_the_way_to_sign_in() -> None:
    assert set(CREATE["responses"]["201"]["headers"]) >= {"Location"}
    for operation in OPERATIONS.values():
        assert "Retry-After" in operation["responses"]["503"]["headers"]
    assert DOCUMENT["components"]["securitySchemes"] == {
        "basic": {"type": "http", "scheme": "basic"}
    }
    assert CREATE["security"] == [{"basic": []}, {}]
    (page_size,) = [each for each in LIST["parameters"] if each["name"] == "page_size"]
    assert page_size["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def test_examples_are_cars_and_links_are_ours() -> None:
    text = json.dumps(DOCUMENT)
    assert "example.org" not in text
    (page,) = LIST["responses"]["200"]["content"]["application/json"]["examples"].values()
    (car,) = page["value"]["results"]
    assert car["make"] == "Alfa Romeo"
    assert "/cars?cursor=" in page["value"]["next"]
