"""A slash too many leads where it was meant to."""

from __future__ import annotations

import pytest
from django.test import Client

ID = "0190a000-0000-7000-8000-000000000000"
PATHS = ["/cars", f"/cars/{ID}", "/docs", "/schema", "/health"]


@pytest.mark.parametrize("path", PATHS)
def test_get_is_led_to_the_path_without_it(path: str) -> None:
    for query in ("", "?make=Alfa%20Romeo&year=2019"):
        answer = Client().get(f"{path}/{query}")
        assert (answer.status_code, answer["Location"]) == (301, f"{path}{query}")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_cannot_be_led_is_told(method: str, path: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, f"{path}/", "{}")
    assert answer.status_code == 404
    assert f"It is {path}, without a slash" in answer.json()["detail"]


def test_the_stage_stays() -> None:
    answer = Client().get("/cars/", SCRIPT_NAME="/regular")
    assert answer["Location"] == "/regular/cars"


@pytest.mark.parametrize("path", ["/nothing/", "/cars//", "/cars/a//"])
def test_other_slashes_lead_nowhere(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_what_a_path_holds_stays_escaped() -> None:
    assert Client().get("/cars/%5C%0d%0aa%20b/")["Location"] == "/cars/%5C%0D%0Aa%20b"
