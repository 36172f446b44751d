"""What only shows something takes GET and HEAD; CSRF has no say in it."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/health", "/schema", "/docs", "/", "/admin", "/favicon.ico"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "BREW"])
def test_any_other_method_is_405(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json() == {"detail": f'Method "{method}" not allowed.'}


@pytest.mark.parametrize("path", ["/health", "/schema", "/docs"])
def test_head_is_answered_like_get(path: str) -> None:
    answer = Client().head(path)
    assert (answer.status_code, answer.content) == (200, b"")
