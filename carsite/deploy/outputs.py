"""What Terraform knows of a stage: its network, its database, its permissions."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from click import ClickException

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ["terraform", f"-chdir={ROOT / 'terraform'}", "output", "-json", "zappa"]
TIMEOUT_SECONDS = 120

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
    """

    aws_region: str
    vpc_config: dict[str, list[str]]
    aws_environment_variables: dict[str, str]
    permissions: list[dict[str, Any]]


def read(stage: str) -> Outputs:
    """The outputs of one stage, from DEPLOY_OUTPUTS if that names a file, else from Terraform.

    Raises ClickException, which Zappa shows without a traceback.
    """
    file = os.environ.get("DEPLOY_OUTPUTS")
    text, source = (_file(file), file) if file else (_terraform(), "terraform output zappa")
    stages = _stages(text, source)
    if stage not in stages:
        remedy = SWITCHES.get(stage)
        raise ClickException(
            f"{source} has no stage '{stage}', only {sorted(stages) or 'none'}. "
            + (
                f"Set {remedy} in terraform/terraform.tfvars, then 'terraform apply'."
                if remedy
                else f"The stages are {' and '.join(SWITCHES)}."
            )
        )
    return _outputs(stages[stage], f"{source}, stage '{stage}'")


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
