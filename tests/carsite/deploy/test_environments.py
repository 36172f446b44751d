"""Each function stays in its account, its region and its environment, with a role of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click import ClickException

from carsite import zappa_hooks
from carsite.deploy import stage
from tests.carsite.deploy.fake_zappa import (
    ACCOUNT,
    DSQL_URL,
    OUTPUTS,
    REGULAR_URL,
    session,
    zappa,
)

pytestmark = pytest.mark.usefixtures("outputs_file")

OTHER = "zyxwvutsrqponmlkjihgfedcba.dsql.us-east-1.on.aws"


def give(**changes: Any) -> None:
    """Terraform's outputs, with these members of the stage dsql changed."""
    changed = {**OUTPUTS, "dsql": {**OUTPUTS["dsql"], **changes}}
    Path(os.environ["DEPLOY_OUTPUTS"]).write_text(json.dumps(changed))


def deployed(variables: Mapping[str, str], **configuration: Any) -> Any:
    """A command that updates a function which has these variables."""
    cli = zappa("dsql", "update")
    cli.zappa.lambda_client.deployed = {
        "Environment": {"Variables": dict(variables)},
        **configuration,
    }
    return cli


def test_the_role_is_terraforms() -> None:
    cli = zappa("dsql")
    stage.fill(cli)
    assert cli.zappa.role_name == "cars-dsql-execution"


def test_a_stage_may_name_a_role_of_its_own_but_does_not_inherit_one() -> None:
    cli = zappa("dsql")
    cli.zappa_settings = {
        "regular": {"role_name": "shared"},
        "dsql": {"extends": "regular"},
    }
    stage.fill(cli)
    assert cli.zappa.role_name == "cars-dsql-execution"
    cli.zappa_settings["dsql"]["role_name"] = "mine"
    stage.fill(cli)
    assert cli.zappa.role_name == "mine"


def test_two_regions_are_deployed_with_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = {**OUTPUTS["dsql"], "function_name": zappa("dsql_peer").lambda_name}
    Path(os.environ["DEPLOY_OUTPUTS"]).write_text(json.dumps({**OUTPUTS, "dsql_peer": peer}))
    monkeypatch.delenv("DJANGO_SECRET_KEY", raising=False)
    for name in ("dsql", "dsql_peer"):
        with pytest.raises(ClickException, match="DJANGO_SECRET_KEY is missing"):
            stage.fill(zappa(name))
    monkeypatch.setenv("DJANGO_SECRET_KEY", "of both")
    for name in ("dsql", "dsql_peer"):
        cli = zappa(name)
        stage.fill(cli)
        assert cli.aws_environment_variables["DJANGO_SECRET_KEY"] == "of both"


def test_a_second_region_that_is_not_there_names_its_variables() -> None:
    with pytest.raises(ClickException, match="Set aurora_dsql_peer_region and"):
        stage.fill(zappa("dsql_peer"))


def test_credentials_of_another_account_are_refused() -> None:
    give(account_id="210987654321")
    with pytest.raises(ClickException, match=rf"account {ACCOUNT}.*'default' are in 210987654321"):
        stage.fill(zappa("dsql"))


def test_the_outputs_of_another_project_are_refused() -> None:
    give(function_name="trucks-dsql")
    with pytest.raises(ClickException, match=r"the function cars-dsql.*for trucks-dsql"):
        stage.fill(zappa("dsql"))


@pytest.mark.parametrize("command", ["deploy", "update", "undeploy", "manage", "tail", "status"])
def test_a_session_in_another_region_than_the_stage_is_refused(command: str) -> None:
    """Zappa would delete the logs and the gateway of a namesake there."""
    cli = zappa("dsql", command)
    cli.zappa.boto_session = session("us-west-2")
    with pytest.raises(ClickException, match=r"AWS_DEFAULT_REGION is us-west-2.*is us-east-1"):
        zappa_hooks.settings(cli)


def test_building_an_archive_asks_for_no_region() -> None:
    cli = zappa("dsql", "package")
    cli.zappa.boto_session = session("us-west-2")
    zappa_hooks.settings(cli)


@pytest.mark.parametrize(
    "before",
    [DSQL_URL.replace("abcdefghijklmnopqrstuvwxyz.dsql.us-east-1.on.aws", OTHER), REGULAR_URL],
)
def test_an_update_to_another_database_is_refused_unless_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    with pytest.raises(ClickException, match=r"its database is .* and would be .*=dsql") as raised:
        stage.fill(deployed({"DATABASE_URL": before}))
    assert "abcdefghijklmnopqrstuvwxyz" in raised.value.message
    monkeypatch.setenv("DEPLOY_MOVES", "regular")
    with pytest.raises(ClickException, match="DEPLOY_MOVES=dsql"):
        stage.fill(deployed({"DATABASE_URL": before}))
    monkeypatch.setenv("DEPLOY_MOVES", "dsql")
    stage.fill(deployed({"DATABASE_URL": before}))


def test_the_refusal_shows_no_password() -> None:
    before = "postgresql://postgres:s3cret@db.example.com/car_entities"
    with pytest.raises(ClickException) as raised:
        stage.fill(deployed({"DATABASE_URL": before}))
    assert "db.example.com/car_entities" in raised.value.message
    assert "s3cret" not in raised.value.message


@pytest.mark.parametrize("before", [DSQL_URL, DSQL_URL.replace("car_entities", "cars")])
def test_another_user_or_schema_of_the_same_database_is_no_move(before: str) -> None:
    stage.fill(deployed({"DATABASE_URL": before}))


def test_an_update_to_another_role_says_what_the_database_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/shared"
    with pytest.raises(ClickException, match=r"its role is shared.*create_db_user --role-arn"):
        stage.fill(deployed({"DATABASE_URL": DSQL_URL}, Role=role))
    monkeypatch.setenv("DEPLOY_MOVES", "dsql")
    stage.fill(deployed({"DATABASE_URL": DSQL_URL}, Role=role))


def test_a_role_that_zappa_does_not_manage_stays() -> None:
    cli = deployed({"DATABASE_URL": DSQL_URL}, Role=f"arn:aws:iam::{ACCOUNT}:role/ours")
    cli.manage_roles = False
    stage.fill(cli)


def test_schedules_run_in_the_role_that_the_function_has() -> None:
    cli = zappa("dsql", "schedule")
    zappa_hooks.settings(cli)
    assert cli.zappa.role_name == "cars-dsql-execution"
