"""`python -m tests.rehearsal`, which is what `make rehearse` runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.rehearsal.__main__ import INSTALL
from tests.rehearsal.guide import GUIDE
from tests.rig.postgresql import PASSWORD
from tests.rig.service import ADMIN, ROOT
from tests.terraform.cli import unavailable

SECONDS = 2400

# Terraform waits for Aurora in fixed steps of 30 s, and each deploy builds an archive.
pytestmark = [pytest.mark.xdist_group("guide"), pytest.mark.timeout(SECONDS + 60)]


@pytest.fixture(scope="module")
def rehearsal() -> subprocess.CompletedProcess[str]:
    for program, remedy in INSTALL.items():
        if shutil.which(program) is None:
            unavailable(f"There is no `{program}` on PATH.", remedy)
    done = subprocess.run(
        [sys.executable, "-m", "tests.rehearsal"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if "The step 'terraform init' failed" in done.stdout:
        unavailable("`terraform init` failed.", INSTALL["terraform"])
    return done


def test_every_step_of_the_guide_passes(rehearsal: subprocess.CompletedProcess[str]) -> None:
    assert rehearsal.returncode == 0, rehearsal.stdout + rehearsal.stderr
    table = rehearsal.stdout.partition("\nstep ")[2]
    for step in GUIDE:
        row = rf"^{re.escape(step.name)}  .+ passed \d+\.\d s$"
        assert re.search(row, table, re.MULTILINE), step.name


def test_every_step_is_printed_as_it_is_typed(
    rehearsal: subprocess.CompletedProcess[str],
) -> None:
    for step in GUIDE:
        assert f"\n{'#' if step.by_hand else '$'} {step.typed}\n" in rehearsal.stdout


def test_no_password_is_printed(rehearsal: subprocess.CompletedProcess[str]) -> None:
    printed = rehearsal.stdout + rehearsal.stderr
    assert not [password for password in (PASSWORD, ADMIN[1]) if password in printed]
