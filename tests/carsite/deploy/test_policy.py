"""What whoever deploys is allowed: one environment. test_two_environments.py makes the calls."""

from __future__ import annotations

import json

import pytest

from carsite.deploy import policy
from carsite.deploy.outputs import read_environment

pytestmark = pytest.mark.usefixtures("outputs_file")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, of a managed policy
MAXIMUM_CHARACTERS = 6144
# AWS gives these names itself, or describes all or none.
ANYONES = {
    "ApisWhoseIdsAreMadeByAws",
    "HowManyContainersTheAccountHas",
    "ZappasOwnBuckets",
    "Schedules",
    "TheNetworkThatLambdaLooksUp",
}


def test_it_is_for_the_functions_and_roles_of_the_environment() -> None:
    document = policy.policy(read_environment())
    for statement in document["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        if statement["Sid"] in ANYONES:
            continue
        for resource in statement["Resource"]:
            assert any(name in resource for name in ("cars-regular", "cars-dsql", "Execution-Logs"))
            assert "${" not in resource
    resources = {name for each in document["Statement"] for name in each["Resource"]}
    assert "arn:aws:iam::123456789012:role/cars-dsql-execution" in resources
    assert "arn:aws:lambda:us-east-1:123456789012:function:cars-regular" in resources


def test_it_fits_into_a_managed_policy() -> None:
    compact = json.dumps(policy.policy(read_environment()), separators=(",", ":"))
    assert len(compact) <= MAXIMUM_CHARACTERS


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert policy.main("default") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == policy.policy(read_environment())


def test_the_command_refuses_another_environments_outputs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert policy.main("staging") == 1
    assert "outputs are of default, not of 'staging'" in capsys.readouterr().err
