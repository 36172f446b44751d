"""A stage's settings from Terraform's output and the environment, without deploying."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click import ClickException
from environ import Env

from carsite import zappa_hooks
from carsite.deploy import machine, outputs, stage
from carsite.settings.database import password_database
from tests.carsite.deploy.fake_zappa import CONNECT, HERE, NETWORK, OUTPUTS, zappa

PASSWORD = "p@ss/w:rd?#%25 &+é$"
pytestmark = pytest.mark.usefixtures("outputs_file")


def test_network_and_variables_and_permissions_are_terraforms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cli = zappa("dsql")
    stage.fill(cli)
    assert cli.vpc_config == NETWORK
    assert cli.zappa.extra_permissions == [CONNECT]
    variables = cli.aws_environment_variables
    assert variables["LOG_RETENTION_DAYS"] == "1"
    assert variables["DATABASE_URL"] == OUTPUTS["dsql"]["aws_environment_variables"]["DATABASE_URL"]
    assert len(variables["DJANGO_SECRET_KEY"]) >= 50


def test_the_policy_is_for_one_function_in_one_region() -> None:
    cli = zappa("dsql")
    stage.fill(cli)
    assert cli.zappa.attach_policy == "arn:aws:lambda:us-east-1:*:function:cars-dsql"
    china = zappa("dsql", region="cn-north-1")
    assert stage.own_policy(china) == "arn:aws-cn:lambda:cn-north-1:*:function:cars-dsql"


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "TF_VAR_database_password"])
def test_the_password_joins_the_url_as_django_will_read_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, PASSWORD)
    cli = zappa("regular")
    stage.fill(cli)
    url = cli.aws_environment_variables["DATABASE_URL"]
    assert unquote(urlsplit(url).password or "") == PASSWORD
    monkeypatch.setenv("DATABASE_URL", url)
    database = password_database(Env())
    assert database["PASSWORD"] == PASSWORD
    assert (database["USER"], database["NAME"]) == ("postgres", "car_entities")


def test_a_first_deploy_without_the_password_says_which_variable_to_export() -> None:
    with pytest.raises(ClickException, match="export DATABASE_PASSWORD"):
        stage.fill(zappa("regular"))


def test_an_update_leaves_out_what_it_does_not_know() -> None:
    cli = zappa("regular", "update")
    stage.fill(cli)
    assert set(cli.aws_environment_variables) == {"LOG_RETENTION_DAYS"}
    assert cli.vpc_config == NETWORK


def test_keys_that_are_exported_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SECRET_KEY", "new")
    monkeypatch.setenv("DJANGO_SECRET_KEY_FALLBACKS", "old")
    cli = zappa("dsql", "update")
    stage.fill(cli)
    assert cli.aws_environment_variables["DJANGO_SECRET_KEY"] == "new"
    assert cli.aws_environment_variables["DJANGO_SECRET_KEY_FALLBACKS"] == "old"


def test_an_empty_list_of_old_keys_takes_them_away_and_an_empty_key_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SECRET_KEY", "")
    monkeypatch.setenv("DJANGO_SECRET_KEY_FALLBACKS", "")
    cli = zappa("dsql", "update")
    stage.fill(cli)
    assert cli.aws_environment_variables["DJANGO_SECRET_KEY_FALLBACKS"] == ""
    assert "DJANGO_SECRET_KEY" not in cli.aws_environment_variables


def test_no_secret_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", PASSWORD)
    cli = zappa("regular")
    stage.fill(cli)
    printed = "".join(capsys.readouterr())
    assert "made one" in printed
    assert PASSWORD not in printed
    assert cli.aws_environment_variables["DJANGO_SECRET_KEY"] not in printed


def test_another_region_than_terraforms_is_refused() -> None:
    with pytest.raises(ClickException, match=r"eu-central-1 in zappa_settings.*in us-east-1"):
        stage.fill(zappa("dsql", region="eu-central-1"))


@pytest.mark.parametrize("name", ["regular", "dsql"])
def test_missing_certificates_stop_what_needs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Aurora's chain to AWS's own roots; DSQL's to public ones."""
    monkeypatch.setattr(stage, "RDS_CA", tmp_path / "none.pem")
    monkeypatch.setenv("DATABASE_PASSWORD", PASSWORD)
    if name == "dsql":
        stage.fill(zappa(name))
        return
    with pytest.raises(ClickException, match=r"manage\.py fetch_rds_ca"):
        stage.fill(zappa(name))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not json", "is not what 'terraform output -json zappa' prints"),
        ("[]", "has no stage 'dsql'"),
        ("{}", "enable_aurora_dsql_cluster = true"),
        (json.dumps({"regular": OUTPUTS["regular"]}), "enable_aurora_dsql_cluster = true"),
        ('{"regular": {}}', r"only \['regular'\]"),
        (
            '{"dsql": {}}',
            "lacks environment, account_id, aws_region, function_name, role_name",
        ),
        (
            json.dumps({"dsql": {**OUTPUTS["dsql"], "aws_environment_variables": {}}}),
            "lacks aws_environment_variables.DATABASE_URL",
        ),
    ],
)
def test_outputs_that_do_not_fit_say_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    Path(os.environ["DEPLOY_OUTPUTS"]).write_text(text)
    with pytest.raises(ClickException, match=says):
        outputs.read("dsql")


def test_a_stage_that_nobody_knows_is_not_enabled_by_terraform() -> None:
    with pytest.raises(ClickException, match="Stages begin with regular or dsql"):
        outputs.read("base")


@pytest.mark.parametrize(
    ("stage", "environment", "says"),
    [
        ("dsql", "staging", r"of the environment 'staging', and the stage is of 'default'"),
        ("dsql_staging", "default", r"of the environment 'default', and the stage is of 'staging'"),
        ("dsql_load_test", "staging", r"the stage is of 'load-test'"),
    ],
)
def test_the_outputs_of_another_environment_are_refused(
    stage: str, environment: str, says: str
) -> None:
    name = "regular" if environment == "default" else f"regular_{environment}"
    other = {name: {**OUTPUTS["regular"], "environment": environment}}
    Path(os.environ["DEPLOY_OUTPUTS"]).write_text(json.dumps(other))
    with pytest.raises(ClickException, match=says):
        outputs.read(stage)


def test_an_outputs_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_OUTPUTS", "/nowhere/outputs.json")
    with pytest.raises(ClickException, match=r"'/nowhere/outputs\.json', which cannot be read"):
        outputs.read("regular")


def test_all_outputs_together_do_as_well() -> None:
    Path(os.environ["DEPLOY_OUTPUTS"]).write_text(
        json.dumps({"zappa": {"sensitive": False, "value": OUTPUTS}, "aurora_port": {"value": 1}})
    )
    assert outputs.read("dsql").permissions == [CONNECT]


def terraform(folder: Path, script: str) -> None:
    """A `terraform` that behaves as told, first on PATH."""
    command = folder / "bin" / "terraform"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IEXEC)


def test_terraform_is_asked_where_no_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = os.environ["DEPLOY_OUTPUTS"]
    terraform(tmp_path, f"printf '%s\\n' \"$@\" > '{tmp_path}/asked'\ncat '{file}'")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.delenv("DEPLOY_OUTPUTS")
    assert outputs.read("regular").vpc_config == NETWORK
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[1:] == ["output", "-json", "zappa"]
    assert asked[0].endswith("/terraform")


@pytest.mark.parametrize("script", ["echo 'Error: Output not found' >&2; exit 1", None])
def test_terraform_that_was_not_applied_or_is_absent_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None
) -> None:
    if script:
        terraform(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("DEPLOY_OUTPUTS")
    says = "'terraform apply'.*\n.*Output not found" if script else "Install it"
    with pytest.raises(ClickException, match=says):
        outputs.read("regular")


@pytest.mark.parametrize("command", ["status", "manage", "undeploy", "tail", "invoke", "rollback"])
def test_commands_that_deploy_nothing_ask_for_nothing(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DEPLOY_OUTPUTS", "/nowhere")
    cli = zappa("regular", command)
    zappa_hooks.settings(cli)
    assert cli.vpc_config == {}


def test_what_extends_dropped_is_filled_in() -> None:
    """Zappa replaces aws_environment_variables whole; without these the wrong settings start."""
    cli = zappa(
        "dsql",
        django_settings="carsite.settings.dsql",
        aws_environment_variables={"ALLOWED_HOSTS": "cars.example.com"},
    )
    stage.fill(cli)
    assert cli.aws_environment_variables["DJANGO_SETTINGS_MODULE"] == "carsite.settings.dsql"
    assert cli.aws_environment_variables["ALLOWED_HOSTS"] == "cars.example.com"


@pytest.mark.parametrize("base_path", ["api", "/api/"])
def test_a_base_path_becomes_the_prefix_of_every_link(base_path: str) -> None:
    cli = zappa("dsql", base_path=base_path)
    stage.fill(cli)
    assert cli.aws_environment_variables["DJANGO_SCRIPT_NAME"] == "/api"
    chosen = {"DJANGO_SCRIPT_NAME": "/mine"}
    cli = zappa("dsql", base_path=base_path, aws_environment_variables=chosen)
    stage.fill(cli)
    assert cli.aws_environment_variables["DJANGO_SCRIPT_NAME"] == "/mine"


@pytest.mark.parametrize(
    ("config", "action", "resource"),
    [
        ({"xray_tracing": True}, "xray:PutTraceSegments", "*"),
        ({"dead_letter_arn": "arn:aws:sqs:r:1:q"}, "sqs:SendMessage", "arn:aws:sqs:r:1:q"),
        ({"dead_letter_arn": "arn:aws:sns:r:1:t"}, "sns:Publish", "arn:aws:sns:r:1:t"),
        ({"aws_kms_key_arn": "arn:aws:kms:r:1:key/k"}, "kms:Decrypt", "arn:aws:kms:r:1:key/k"),
    ],
)
def test_the_role_may_what_a_setting_needs(
    config: dict[str, Any], action: str, resource: str
) -> None:
    cli = zappa("dsql", **config)
    stage.fill(cli)
    connect, *others = cli.zappa.extra_permissions
    assert connect == CONNECT
    (statement,) = others
    assert action in statement["Action"]
    assert statement["Resource"] == [resource]


def test_aliases_of_the_function_may_be_invoked_by_its_role(root: Path) -> None:
    """SnapStart and provisioned concurrency answer under function:NAME:ALIAS."""
    text = (root / "carsite" / "deploy" / "execution-policy.json").read_text()
    (invoke,) = [each for each in json.loads(text)["Statement"] if "Invoke" in each["Sid"]]
    assert [each.partition("${function}")[2] for each in invoke["Resource"]] == ["", ":*"]


@pytest.mark.parametrize("days", ["2", "0", "-1", "forever", ""])
def test_a_retention_that_cannot_be_had_is_refused_before_anything_is_made(days: str) -> None:
    cli = zappa("dsql", aws_environment_variables={"LOG_RETENTION_DAYS": days})
    with pytest.raises(ClickException, match="LOG_RETENTION_DAYS is"):
        zappa_hooks.settings(cli)
    assert cli.vpc_config == {}


@pytest.mark.parametrize("days", ["1", "731", "1096", "3653"])
def test_every_period_of_cloudwatch_is_taken(days: str) -> None:
    zappa_hooks.settings(zappa("dsql", aws_environment_variables={"LOG_RETENTION_DAYS": days}))


def test_an_update_to_another_python_is_refused_with_its_two_steps() -> None:
    with pytest.raises(ClickException, match=f"--runtime {HERE}") as raised:
        zappa_hooks.settings(zappa("dsql", "update", running="python3.9"))
    assert "then this command again" in raised.value.message
    zappa_hooks.settings(zappa("dsql", "update"))
    zappa_hooks.settings(zappa("dsql", "update", running=None))


@pytest.mark.parametrize("command", ["deploy", "update", "package"])
def test_a_setting_that_would_be_ignored_stops_every_command_that_builds(command: str) -> None:
    with pytest.raises(ClickException, match="'environment_variables' has no effect"):
        zappa_hooks.settings(zappa("dsql", command, environment_variables={"A": "b"}))


def test_an_archive_that_is_given_may_be_for_another_python() -> None:
    cli = zappa("dsql", "update")
    cli.runtime = "python3.10"
    with pytest.raises(ClickException, match=r"'runtime' is python3\.10"):
        zappa_hooks.settings(cli)
    cli.zappa.lambda_client.runtime = "python3.10"
    cli.vargs = {"zip": "s3://bucket/cars.zip"}
    zappa_hooks.settings(cli)


@pytest.mark.parametrize(
    ("runtime", "here", "says"),
    [
        ("python3.10", (3, 10, 0), "This is python3.10"),
        ("python3.15", (3, 15, 0), r"runs on Python 3\.11, 3\.12, 3\.13, 3\.14"),
        ("python3.8", (3, 12, 1), "'runtime' is python3.8"),
    ],
)
def test_a_python_that_is_not_the_functions_is_refused(
    monkeypatch: pytest.MonkeyPatch, runtime: str, here: tuple[int, int, int], says: str
) -> None:
    monkeypatch.setattr(machine, "sys", SimpleNamespace(version_info=here))
    with pytest.raises(ClickException, match=says):
        machine.check(runtime)


def test_this_python_is_one_that_lambda_runs() -> None:
    machine.check(f"python3.{sys.version_info[1]}")
