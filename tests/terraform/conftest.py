"""Terraform, initialised once for all workers, and an AWS to apply to."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.alone import alone
from tests.terraform import aws
from tests.terraform.cli import (
    REMEDY,
    Terraform,
    copy_configuration,
    environment,
    unavailable,
)


def initialise(directory: Path) -> None:
    """Run `terraform init` on a copy of the configuration in `directory`."""
    copy_configuration(directory)
    result = subprocess.run(
        ["terraform", "init", "-no-color"],
        cwd=directory,
        env=environment(directory / ".terraform"),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if result.returncode:
        unavailable(f"`terraform init` failed: {result.stderr.strip()}", REMEDY)


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Folder of an initialised copy, shared by the workers because the provider is 700 MB."""
    if shutil.which("terraform") is None:
        unavailable("There is no `terraform` on PATH.", REMEDY)
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    directory = shared / "terraform"
    with alone(shared / "terraform.lock"):
        if not (directory / ".terraform.lock.hcl").exists():
            initialise(directory)
    return directory


@pytest.fixture(scope="session")
def make_terraform(initialised: Path) -> Callable[..., Terraform]:
    """Return a function: folder and environment variables to a Terraform ready to plan there."""

    def make(directory: Path, **extra: str) -> Terraform:
        copy_configuration(directory)
        shutil.copy(initialised / ".terraform.lock.hcl", directory)
        return Terraform(directory, environment(initialised / ".terraform", **extra))

    return make


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with aws.serve() as url:
        yield url
