"""checkov finds nothing insecure, and each of its checks that is skipped says why."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rig.environment import child
from tests.terraform.cli import copy_configuration, unavailable

# In an environment of its own: see requirements-checkov.txt.
CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "python"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not CHECKOV.exists():
        unavailable("checkov is not installed.", "Run `make checkov` once.")
    directory = copy_configuration(tmp_path_factory.mktemp("checkov"))
    command = [
        str(CHECKOV),
        "-m",
        "checkov.main",
        "--directory",
        str(directory),
        "--framework",
        "terraform",
    ]
    result = subprocess.run(
        [*command, "--skip-download", "--output", "json"],
        cwd=directory,
        env=child(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.stdout, result.stderr
    return dict(json.loads(result.stdout))


def test_no_check_fails(report: dict[str, Any]) -> None:
    failed = [f"{c['check_id']} {c['resource']}" for c in report["results"]["failed_checks"]]

    assert failed == []
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 60


def test_each_skip_gives_its_reason(report: dict[str, Any]) -> None:
    skipped = report["results"]["skipped_checks"]
    reasons = {check["check_id"]: check["check_result"]["suppress_comment"] for check in skipped}

    assert all(len(reason.strip()) > 20 or reason.startswith("See ") for reason in reasons.values())
