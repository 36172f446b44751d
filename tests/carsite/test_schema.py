"""The committed OpenAPI document is the one that the code describes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from carsite import __version__
from tests.rig import forked
from tests.rig.environment import child


def test_package_schema_and_changelog_are_of_one_version(root: Path) -> None:
    schema = json.loads((root / "carsite" / "openapi.json").read_text())
    assert schema["info"]["version"] == __version__
    project = tomllib.loads((root / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "carsite.__version__"}
    assert f"\n## {__version__} (2" in (root / "CHANGELOG.md").read_text()


def test_the_committed_schema_is_fresh(root: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.json"
    done = forked.python(
        *("manage.py", "spectacular", "--format=openapi-json"),
        *("--validate", "--fail-on-warn", f"--file={fresh}"),
        environment=child(DJANGO_SETTINGS_MODULE="carsite.settings.schema"),
    )
    assert done.returncode == 0, done.stderr
    committed = json.loads((root / "carsite" / "openapi.json").read_text())
    assert committed == json.loads(fresh.read_text()), "run 'make schema' and commit the result"
