"""Who gets Django's sessions, users and messages, and who passes them by."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


def has_session(client: Client, path: str, **headers: str) -> bool:
    request = client.get(path, headers=headers).wsgi_request
    found = {hasattr(request, name) for name in ("session", "_messages")}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("path", ["/cars", "/cars/none", "/health", "/schema"])
def test_a_program_that_calls_the_api_has_none(client: Client, path: str) -> None:
    assert not has_session(client, path)
    assert not has_session(client, path, **JSON)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/cars", {"accept": "text/html,*/*"}),
        ("/cars", {"cookie": "anything=1", **JSON}),
        ("/admin/login/", JSON),
        ("/docs", {}),
        ("/nowhere", JSON),
    ],
    ids=["page", "cookie", "admin", "docs", "elsewhere"],
)
def test_everybody_else_has_one(client: Client, path: str, headers: dict[str, str]) -> None:
    assert has_session(client, path, **headers)


def test_so_have_programs_where_nothing_is_prepared(client: Client, settings: Any) -> None:
    settings.CARS_PREPARED = False
    assert has_session(client, "/cars", **JSON)


def test_who_has_logged_in_is_known_to_the_api(client: Client) -> None:
    user = User.objects.create_user("reader")
    assert client.get("/cars").wsgi_request.user.is_anonymous
    client.force_login(user)
    assert client.get("/cars").wsgi_request.user == user
