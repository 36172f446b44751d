"""Forms of other sites add no cars; those of this one, of programs and of trusted sites do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

CAR = {"make": "Saab", "model": "96", "year": "1967"}
OWN = "http://testserver"
KINDS = pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data"]
)


def post(kind: str, **headers: str) -> int:
    """The status of a form's answer."""
    if kind == "multipart/form-data":
        return Client().post("/cars", CAR, headers=headers).status_code
    body = "&".join(f"{name}={value}" for name, value in CAR.items())
    return Client().post("/cars", body, content_type=kind, headers=headers).status_code


@KINDS
@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"origin": "http://[", "sec-fetch-site": "cross-site"},
        {"origin": OWN, "sec-fetch-site": "cross-site"},
        {"origin": "http://sub.testserver", "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_refused(kind: str, headers: dict[str, str]) -> None:
    assert post(kind, **headers) == 403
    assert Client().get("/cars").json()["results"] == []


@KINDS
@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OWN},
        {"origin": OWN, "sec-fetch-site": "same-origin"},
        # Behind a proxy that changes the host.
        {"origin": "https://cars.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_a_form_of_ones_own_adds_a_car(kind: str, headers: dict[str, str]) -> None:
    assert post(kind, **headers) == 201


@KINDS
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://app.example.com", 201),
        ("https://www.dealer.example", 201),
        ("https://dealer.example.evil", 403),
        ("http://www.dealer.example", 403),
    ],
)
def test_the_settings_may_trust_another_site(
    settings: Any, kind: str, origin: str, status: int
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.dealer.example"]
    assert post(kind, **{"origin": origin, "sec-fetch-site": "cross-site"}) == status


@pytest.mark.django_db
def test_json_is_not_looked_at(client: Client) -> None:
    """A browser asks first whether another site may send it: CORS."""
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    answer = client.post("/cars", CAR, content_type="application/json", headers=headers)
    assert answer.status_code == 201
