"""Errors as problem details (RFC 9457), for those who ask for them, from wherever they come."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from rest_framework.exceptions import ErrorDetail

from carsite.http.problems import MEDIA_TYPE, problem

pytestmark = pytest.mark.django_db

WANTED = {"accept": f"application/json, {MEDIA_TYPE}"}
COROLLA = {"make": "Toyota", "model": "Corolla", "year": 2020}


def refused(method: str, path: str, body: Any = "", kind: str = "application/json") -> Any:
    return Client().generic(method, path, body, content_type=kind, headers=WANTED)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/cars", "{", (400, "Bad Request", "parse_error")),
        ("GET", "/cars/no-uuid", "", (404, "Not Found", "not_found")),
        ("GET", "/nothing", "", (404, "Not Found", "not_found")),
        ("DELETE", "/cars", "", (405, "Method Not Allowed", "method_not_allowed")),
        ("POST", "/health", "", (405, "Method Not Allowed", "method_not_allowed")),
        ("POST", "/cars", "x" * (1024 * 1024 + 1), (413, "Content Too Large", "too_large")),
        ("GET", "/cars?" + "a=1&" * 1200, "", (400, "Bad Request", "parse_error")),
    ],
    ids=["no JSON", "no id", "no path", "no method", "no view's method", "too large", "too many"],
)
def test_every_refusal_is_a_problem(
    method: str, path: str, body: str, expected: tuple[int, str, str]
) -> None:
    status, title, code = expected
    answer = refused(method, path, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE)
    found = answer.json()
    assert found.pop("detail")
    assert found == {"type": "about:blank", "title": title, "status": status, "code": code}
    assert "Accept" in answer["Vary"]


def test_what_is_wrong_is_listed_by_field() -> None:
    found = refused("POST", "/cars", b'{"make": "", "model": "96", "year": 1}').json()
    assert (found["status"], found["code"]) == (400, "invalid")
    assert found["detail"] == "2 values are wrong."
    assert found["errors"] == [
        {"field": "make", "code": "blank", "detail": "This field may not be blank."},
        {
            "field": "year",
            "code": "min_value",
            "detail": "Ensure this value is greater than or equal to 1886.",
        },
    ]


@pytest.mark.parametrize("query", ["year=soon", "make=%00"])
def test_a_query_parameter_is_named_too(query: str) -> None:
    (error,) = refused("GET", f"/cars?{query}").json()["errors"]
    assert error["field"] == query.partition("=")[0]


def test_a_database_that_is_away_is_a_problem() -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(fail):
        answer = Client().post("/cars", COROLLA, content_type="application/json", headers=WANTED)
    assert (answer.status_code, answer["Content-Type"]) == (503, MEDIA_TYPE)
    assert answer.json()["code"] == "unavailable"
    assert answer["Retry-After"]


def test_messages_of_nested_serializers_have_a_path() -> None:
    data = {"owner": {"name": [ErrorDetail("Too long.", "max_length")]}, "tags": ["Too many."]}
    assert problem(400, data)["errors"] == [
        {"field": "owner.name", "code": "max_length", "detail": "Too long."},
        {"field": "tags", "code": "invalid", "detail": "Too many."},
    ]


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/*", f"{MEDIA_TYPE};q=0"]
)
def test_who_does_not_ask_gets_the_usual_shape(accept: str) -> None:
    for path in ("/cars/no-uuid", "/nothing"):
        answer = Client().get(path, headers={"accept": accept + ", */*;q=0.1"})
        assert answer["Content-Type"].startswith("application/json")
        assert set(answer.json()) == {"detail"}


def test_a_page_stays_a_page() -> None:
    for path in ("/cars/no-uuid", "/nothing"):
        answer = Client().get(path, headers={"accept": f"text/html, {MEDIA_TYPE}"})
        assert answer["Content-Type"].startswith("text/html")


def test_a_car_is_no_problem() -> None:
    assert Client().get("/cars", headers=WANTED)["Content-Type"] == "application/json"
    answer = Client().get("/cars", headers={"accept": MEDIA_TYPE})
    assert (answer.status_code, answer["Content-Type"]) == (406, MEDIA_TYPE)
