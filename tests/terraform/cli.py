"""The terraform command, run the way a user runs it, with everything it prints kept."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.rig.environment import terraform

SOURCE = Path(__file__).resolve().parents[2] / "terraform"
REMEDY = (
    "Install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install) and let it"
    " reach its registry, or a mirror that TF_CLI_CONFIG_FILE or TF_CLI_ARGS_init names."
)

# What a user's own run leaves behind or reads, or holds passwords, is no part of the configuration.
_NOT_COPIED = shutil.ignore_patterns(
    *("*.tfvars", "*.tfvars.json", "*.tfstate*", "*.tfplan", ".terraform*"),
    *("backend.tf", "dsql_policy.tf"),
)


def unavailable(reason: str, remedy: str) -> NoReturn:
    """Skip, or fail under CI, where nobody would read why something was skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} {remedy}")
    pytest.skip(f"{reason} {remedy}")


def copy_configuration(destination: Path) -> Path:
    """Copy the configuration without anyone's state or variables, and return the copy."""
    return shutil.copytree(SOURCE, destination, ignore=_NOT_COPIED, dirs_exist_ok=True)


def environment(data_dir: Path, **extra: str) -> dict[str, str]:
    """The environment of a terraform command whose providers are in `data_dir`."""
    return terraform(TF_DATA_DIR=str(data_dir), **extra)


@dataclass
class Terraform:
    """A configuration in a folder of its own; `log` is all that its commands printed, both ways."""

    directory: Path
    env: dict[str, str] = field(repr=False)
    log: str = field(default="", repr=False)

    def run(self, *arguments: str, expect: int = 0, seconds: int = 600) -> str:
        """Run one subcommand; its output, or its errors where `expect` is not 0.

        Another exit status than `expect` fails.
        """
        command = ["terraform", *arguments, "-no-color"]
        result = subprocess.run(
            command,
            cwd=self.directory,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        printed = result.stdout + result.stderr
        self.log += printed
        assert result.returncode == expect, f"{command} ended with {result.returncode}:\n{printed}"
        # What went wrong is on the other stream, with warnings about the user's own configuration.
        return result.stderr if expect else result.stdout

    def outputs(self) -> dict[str, Any]:
        """Return the outputs by name, without their types."""
        printed = json.loads(self.run("output", "-json"))
        return {name: output["value"] for name, output in printed.items()}
