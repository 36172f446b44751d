"""What a browser may do with the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

PAGES = ["/cars", "/docs", "/admin/login/", "/api-auth/login/", "/nowhere", "/admin/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_policy_that_allows_no_scripts_inside(path: str) -> None:
    client = Client(headers={"accept": "text/html"})
    client.force_login(User.objects.create_superuser("keeper"))
    answer = client.get(path, follow=True)
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = dict(
        directive.split(" ", 1) for directive in answer["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'self'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_json_has_none() -> None:
    answer = Client().get("/cars")
    assert "Content-Security-Policy" not in answer
    assert "Permissions-Policy" not in answer


def test_djangos_pages_for_developers_keep_their_scripts(settings: Any) -> None:
    settings.DEBUG = True
    answer = Client(headers={"accept": "text/html"}).get("/nowhere")
    assert answer.status_code == 404
    assert "Content-Security-Policy" not in answer
