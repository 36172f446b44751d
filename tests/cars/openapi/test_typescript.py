"""A TypeScript client that a generator made from the document calls every operation."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rig.environment import child, way_out
from tests.rig.service import Service

HERE = Path(__file__).parent / "typescript"
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")
SECONDS = 600


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    found = {name: value for name, value in way_out().items() if not name.startswith("PIP_")}
    return subprocess.run(
        command,
        cwd=folder,
        env=child(found),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def generated(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with client.js, whose types tsc has compared with the generated ones."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("no Node.js: install nodejs and npm, 20 or newer")
    folder = shutil.copytree(HERE, tmp_path_factory.mktemp("typescript"), dirs_exist_ok=True)
    installed = run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if any(code in installed.stderr for code in OFFLINE):
        pytest.skip("the npm registry does not answer: allow it, or set registry in ~/.npmrc")
    assert installed.returncode == 0, installed.stderr
    document = str(root / "carsite" / "openapi.json")
    modules = folder / "node_modules"
    generator = modules / "openapi-typescript" / "bin" / "cli.js"
    for command in (
        ("node", str(generator), document, "--output", "schema.d.ts"),
        ("node", str(modules / "typescript" / "bin" / "tsc")),
    ):
        done = run(folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("service", ["local"], indirect=True)
def test_every_operation_answers_what_its_types_say(generated: Path, service: Service) -> None:
    service.rows("DELETE FROM cars_car")
    done = run(generated, "node", "client.js", service.url)
    assert done.returncode == 0, done.stderr
