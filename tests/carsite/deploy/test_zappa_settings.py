"""zappa_settings.json says what it means: Zappa ignores keys that it does not know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from zappa.cli import ZappaCLI

from tests.carsite.deploy.zappa_source import known_to_zappa

STAGES = ("regular", "dsql")


@pytest.fixture
def settings(root: Path) -> dict[str, dict[str, Any]]:
    parsed: dict[str, dict[str, Any]] = json.loads((root / "zappa_settings.json").read_text())
    return parsed


def test_every_stage_can_be_deployed(settings: dict[str, dict[str, Any]]) -> None:
    """`zappa deploy --all` takes every member of the file for a stage."""
    assert tuple(settings) == STAGES


def test_every_key_is_one_that_zappa_knows(settings: dict[str, dict[str, Any]]) -> None:
    used = {key for stage in settings.values() for key in stage}
    assert used <= known_to_zappa()
    assert "memory_size" in known_to_zappa()  # the list is not empty by mistake


@pytest.mark.parametrize("stage", STAGES)
def test_names_are_the_ones_that_the_documentation_gives(
    settings: dict[str, dict[str, Any]], stage: str
) -> None:
    merged = {**settings["regular"], **settings[stage]}
    assert merged["project_name"] == "producer-api-python-rest-lambda"
    assert "role_name" not in merged  # it is Terraform's
    assert merged["django_settings"] == f"carsite.settings.{stage}"
    variables = merged["aws_environment_variables"]
    assert variables["DJANGO_SETTINGS_MODULE"] == merged["django_settings"]


def test_whole_events_are_never_logged(settings: dict[str, dict[str, Any]]) -> None:
    """With `debug`, or at DEBUG, Zappa prints them, passwords of the admin's login included."""
    assert settings["regular"]["debug"] is False
    assert settings["regular"]["log_level"] == "INFO"


def test_no_setting_is_a_secret(root: Path) -> None:
    text = (root / "zappa_settings.json").read_text().lower()
    assert not any(word in text for word in ("password", "secret", "database_url", "token"))


def test_the_policy_names_no_whole_service(root: Path, settings: dict[str, dict[str, Any]]) -> None:
    policy = json.loads((root / settings["regular"]["attach_policy"]).read_text())
    for statement in policy["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        if statement["Effect"] == "Allow" and statement["Resource"] == "*":
            # EC2 describes and creates interfaces on all resources or on none.
            assert all(action.startswith("ec2:") for action in statement["Action"])


def test_zappa_finds_no_websockets_to_deploy_an_api_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes any import of its own module in the project for one."""
    monkeypatch.chdir(root / "carsite")
    assert ZappaCLI._detect_websocket_usage() is None
