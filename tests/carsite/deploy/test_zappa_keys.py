"""Every key that Zappa knows is honoured here, or refused with what to use instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click import ClickException

from carsite.deploy import zappa_keys
from tests.carsite.deploy.zappa_source import known_to_zappa

KINDS = (zappa_keys.HONOURED, zappa_keys.REFUSED, zappa_keys.IDLE)


def test_every_key_of_the_pinned_zappa_has_one_verdict() -> None:
    judged = [key for kind in KINDS for key in kind]
    assert len(judged) == len(set(judged))
    assert set(judged) == known_to_zappa()


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("environment_variables", {"CARS_WRITES_REQUIRE_LOGIN": "true"}, "aws_environment_variab"),
        ("remote_env", "s3://bucket/file.json", "aws_environment_variables"),
        ("context_header_mappings", {"X-A": "authorizer.a"}, "apig_wsgi.request_context"),
        ("binary_support", False, "leave it out"),
        ("cors", True, "CORS_ALLOWED_ORIGINS"),
        ("lambda_handler", "handler.lambda_handler", "carsite.lambda_handler.handler"),
        ("debug", True, "passwords"),
    ],
)
def test_a_key_that_would_be_ignored_is_refused(key: str, value: Any, instead: str) -> None:
    with pytest.raises(ClickException, match=instead) as raised:
        zappa_keys.check({"memory_size": 256, key: value})
    assert f"'{key}'" in raised.value.message


def test_all_ignored_keys_are_named_at_once() -> None:
    with pytest.raises(ClickException) as raised:
        zappa_keys.check({"cors": True, "remote_env": "s3://a/b"})
    assert {"'cors'", "'remote_env'"} <= set(raised.value.message.split())


@pytest.mark.parametrize("key", zappa_keys.REFUSED)
def test_values_that_change_nothing_are_let_through(key: str) -> None:
    for harmless in zappa_keys.REFUSED[key].harmless:
        zappa_keys.check({key: harmless})


def test_the_documentation_shows_the_table(root: Path) -> None:
    assert zappa_keys.table() in (root / "docs" / "deploy.md").read_text()
