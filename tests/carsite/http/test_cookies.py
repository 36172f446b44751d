"""Cookies: whose they are, by their path and by their name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from carsite.settings.environment import cookie_prefix
from tests.carsite.settings.test_settings import REGULAR, URL, value

CAR = {"make": "Saab", "model": "96", "year": "1967", "mileage": "0"}


@pytest.fixture
def deployed(settings: Any) -> None:
    """The middleware of the deployed stages that this is about, around the local ones."""
    settings.MIDDLEWARE = ["carsite.http.cookies.CookiePathMiddleware", *settings.MIDDLEWARE]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["", "/regular"])
def test_every_cookie_is_for_the_stage_alone(deployed: None, stage: str) -> None:
    client = Client(SCRIPT_NAME=stage)
    answers = [client.get("/admin/login/")]
    client.force_login(User.objects.create_superuser("keeper"))
    answers += [
        client.post("/admin/cars/car/add/", CAR),
        client.post("/admin/logout/"),
    ]
    paths = {name: c["path"] for answer in answers for name, c in answer.cookies.items()}
    assert paths == dict.fromkeys(["csrftoken", "messages", "sessionid"], stage or "/")


@pytest.mark.parametrize(
    ("script_name", "public", "prefix"),
    [
        (None, None, "__Secure-"),
        ("/base", None, "__Secure-"),
        ("", None, "__Host-"),
        ("", "https://cars.example.com", "__Host-"),
        ("", "https://example.com/cars", "__Secure-"),
        (None, "https://cars.example.com", "__Secure-"),
    ],
)
def test_names_say_as_much_as_browsers_check(
    script_name: str | None, public: str | None, prefix: str
) -> None:
    assert cookie_prefix(script_name, urlsplit(public) if public else None) == prefix


def test_the_deployed_stages_have_these_names() -> None:
    names = value(
        "[settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGES_COOKIE_NAME]",
        DATABASE_URL=URL,
        **REGULAR,
    )
    assert names == ["__Secure-sessionid", "__Secure-csrftoken", "__Secure-messages"]
