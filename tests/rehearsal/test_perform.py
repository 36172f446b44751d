"""What becomes of a rehearsal that a step stops, with steps of our own."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.rehearsal.__main__ import rehearse
from tests.rehearsal.account import Account
from tests.rehearsal.step import Step, StepFailedError
from tests.rig.postgresql import PASSWORD
from tests.rig.service import ROOT

Printed = pytest.CaptureFixture[str]


def step(name: str, typed: str, see: str = "", **changes: object) -> Step:
    fields = {"real": "sh", "stand_in": "-", "remedy": "Do this.", **changes}
    return Step(name, typed, see, **fields)  # type: ignore[arg-type] # as the test says


def results(printed: str) -> dict[str, str]:
    """The table's last column, by its first."""
    rows = printed.partition("\nstep ")[2].splitlines()[2:]
    cells = [[cell for cell in row.split("  ") if cell.strip()] for row in rows if "  " in row]
    return {row[0]: row[-1].strip() for row in cells}


def test_a_step_that_fails_is_named_with_its_remedy_and_ends_the_rehearsal(
    capsys: Printed,
) -> None:
    first, second, third = (
        step("first", "true"),
        step("second", "echo it is broken; exit 3", remedy="Mend it."),
        step("third", "echo this is too late"),
    )
    assert rehearse([first, second, third]) == 1
    printed = capsys.readouterr().out
    assert "it is broken\nIt ended with exit status 3.\n" in printed
    assert "The step 'second' failed. Mend it." in printed
    assert "too late" not in printed
    outcomes = results(printed)
    assert outcomes["first"].startswith("passed")
    assert outcomes["second"].startswith("failed")
    assert outcomes["third"] == "not run"


def test_what_was_started_and_written_is_gone_afterwards(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    assert rehearse([step("here", f'echo "$PWD $AWS_ENDPOINT_URL" > {noted}; exit 1')]) == 1
    folder, url = noted.read_text().split()
    assert not Path(folder).parent.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) != 0


def test_a_step_fails_that_does_not_show_what_it_should(capsys: Printed) -> None:
    assert rehearse([step("quiet", "echo something else", see="Apply complete!")]) == 1
    assert "Nothing in this matches 'Apply complete!'" in capsys.readouterr().out


def test_a_step_fails_whose_closer_look_finds_something(capsys: Printed) -> None:
    def look(account: Account) -> None:
        raise StepFailedError("This is still there: a bucket")

    assert rehearse([step("look", "true", then=look)]) == 1
    assert "This is still there: a bucket" in capsys.readouterr().out


def test_a_later_step_knows_what_an_earlier_one_exported_or_showed(capsys: Printed) -> None:
    steps = [
        step("export", "export COLOR=green"),
        step("show", "echo the car is 42", see=r"is (?P<CAR>\d+)"),
        step("use", "echo $COLOR $CAR", see="^green 42$"),
    ]
    assert rehearse(steps) == 0
    assert "Every step passed" in capsys.readouterr().out


def test_passwords_are_not_printed_even_by_a_step_that_fails(capsys: Printed) -> None:
    assert rehearse([step("tell", "echo it is $DATABASE_PASSWORD; exit 1")]) == 1
    printed = capsys.readouterr().out
    assert PASSWORD not in printed
    assert "it is (a password)" in printed


def test_without_terraform_it_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rehearsal"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1
    assert "There is no `terraform` on PATH. Install Terraform 1.11 or newer" in done.stdout
