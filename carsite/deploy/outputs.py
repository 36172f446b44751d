"""What Terraform knows of a stage: its network, its database, its permissions."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from click import ClickException

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ["terraform", f"-chdir={ROOT / 'terraform'}", "output", "-json", "zappa"]
TIMEOUT_SECONDS = 120
DEFAULT = "default"  # the environment whose name is empty

# What the stage of a second region is called, before the environment's name.
PEER = "dsql_peer"

SWITCHES = {
    "regular": "enable_aurora = true",
    "dsql": "enable_aurora_dsql_cluster = true and enable_python_lambda_dsql = true",
}


@dataclass(frozen=True)
class Outputs:
    """One stage's member of Terraform's output `zappa` (terraform/outputs.tf describes it).

    vpc_config: {"SubnetIds": [...], "SecurityGroupIds": [...]}.
    aws_environment_variables: DATABASE_URL without a password.
    permissions: IAM statements.
    lambda_concurrency: containers that the database bears; None for no bound.
    throttling: {"rate", "burst"} of the gateway's stage; None for the account's own.
    """

    environment: str
    account_id: str
    aws_region: str
    function_name: str
    role_name: str
    vpc_config: dict[str, list[str]]
    aws_environment_variables: dict[str, str]
    permissions: list[dict[str, Any]]
    lambda_concurrency: int | None
    throttling: dict[str, float] | None


def kind(stage: str) -> str:
    """What a stage's name begins with: dsql of dsql_staging, the environment's name after it."""
    return stage.partition("_")[0]


def read(stage: str) -> Outputs:
    """The outputs of one stage, from DEPLOY_OUTPUTS if that names a file, else from Terraform.

    Raises ClickException, which Zappa shows without a traceback.
    """
    stages, source = _read()
    if stage not in stages:
        raise ClickException(
            f"{source} has no stage '{stage}', only {sorted(stages) or 'none'}. "
            + _remedy(stage, _environments(stages))
        )
    return _outputs(stages[stage], f"{source}, stage '{stage}'")


def has_two_regions(stage: str) -> bool:
    """Whether a second region serves the stage's database too. Raises ClickException."""
    return kind(stage) == "dsql" and any(name.startswith(PEER) for name in _read()[0])


def read_environment() -> dict[str, Outputs]:
    """The outputs of all stages of an environment, by their names. Raises ClickException."""
    stages, source = _read()
    return {
        stage: _outputs(member, f"{source}, stage '{stage}'") for stage, member in stages.items()
    }


def _read() -> tuple[dict[str, Any], str]:
    """The stages, and whose they are."""
    file = os.environ.get("DEPLOY_OUTPUTS")
    text, source = (_file(file), file) if file else (_terraform(), "terraform output zappa")
    return _stages(text, source), source


def _environments(stages: Mapping[str, Any]) -> list[str]:
    members = (member for member in stages.values() if isinstance(member, dict))
    return sorted({str(member["environment"]) for member in members if "environment" in member})


def _remedy(stage: str, environments: list[str]) -> str:
    environment = stage.removeprefix(PEER).partition("_")[2].replace("_", "-")
    if kind(stage) not in SWITCHES:
        return (
            f"Stages begin with {' or '.join(SWITCHES)}, and the rest is the environment_name of"
            " terraform/terraform.tfvars, as in dsql_staging."
        )
    if environments and environments != [environment or DEFAULT]:
        return (
            f"These are the outputs of the environment '{environments[0]}', and the stage is of"
            f" '{environment or DEFAULT}': name the file of that one in DEPLOY_OUTPUTS, or deploy a"
            " stage of this one."
        )
    if stage.startswith(PEER):
        return (
            "Set aurora_dsql_peer_region and aurora_dsql_witness_region in"
            " terraform/terraform.tfvars, then 'terraform apply'."
        )
    return f"Set {SWITCHES[kind(stage)]} in terraform/terraform.tfvars, then 'terraform apply'."


def _file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ClickException(
            f"DEPLOY_OUTPUTS is '{name}', which cannot be read ({error}). Write it with"
            " 'terraform output -json zappa > FILE', or unset it to ask Terraform directly."
        ) from error


def _terraform() -> str:
    try:
        done = subprocess.run(
            COMMAND, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClickException(
            f"Terraform cannot be asked for the stage's settings: {error}. Install it, or name a"
            " file with its output 'zappa' in DEPLOY_OUTPUTS."
        ) from error
    if done.returncode != 0:
        raise ClickException(
            "Terraform has no output 'zappa'. Run 'terraform init' and 'terraform apply' in"
            f" terraform/ first, or set DEPLOY_OUTPUTS. It says:\n{done.stderr.strip()}"
        )
    return done.stdout


def _stages(text: str, source: str) -> dict[str, Any]:
    """The output's value, alone or as one member of all outputs, as -json without a name has it."""
    try:
        outputs = json.loads(text)
        if "zappa" in outputs:
            outputs = outputs["zappa"]["value"]
        return dict(outputs)
    except (ValueError, TypeError, KeyError) as error:
        raise ClickException(
            f"{source} is not what 'terraform output -json zappa' prints."
        ) from error


def _outputs(member: Any, source: str) -> Outputs:
    names = [field.name for field in fields(Outputs)]
    missing = [name for name in names if not isinstance(member, dict) or name not in member]
    if not missing and "DATABASE_URL" not in member["aws_environment_variables"]:
        missing = ["aws_environment_variables.DATABASE_URL"]
    if missing:
        raise ClickException(
            f"{source} lacks {', '.join(missing)}: run 'terraform apply' with this version of"
            " terraform/."
        )
    return Outputs(**{name: member[name] for name in names})
