"""dbauth as a distribution of its own: a wheel, an environment with nothing else, two files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.rig.environment import child
from tests.rig.services import Rig, iam_door

ROOT = Path(__file__).resolve().parents[2]
# What the wheel needs, and what that needs in turn.
NEEDED = ("django", "asgiref", "sqlparse", "psycopg2-binary")
ABSENT = ["cars", "carsite", "boto3", "aurora_dsql_django"]

MANAGE = """
import os, sys
from django.core.management import execute_from_command_line
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
SETTINGS = """
import os
from urllib.parse import parse_qsl, unquote, urlsplit
SECRET_KEY = "of a test"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "dbauth"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
url = urlsplit(os.environ["DATABASE"])
DATABASES = {"default": {
    "ENGINE": "dbauth",
    "NAME": url.path[1:],
    "USER": unquote(url.username),
    "HOST": url.hostname,
    "PORT": url.port,
    "OPTIONS": dict(parse_qsl(url.query)),
}}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    left_out = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    shutil.copytree(ROOT / "dbauth", folder / "dbauth", ignore=left_out)
    subprocess.run(
        [
            *(sys.executable, "-E", "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"),
            *("--no-build-isolation", "--wheel-dir", str(folder), str(folder / "dbauth")),
        ],
        env=child(),
        check=True,
        timeout=600,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel, Django and the driver."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    interpreter = folder / "bin" / "python"
    packages = Path(
        sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    )
    with zipfile.ZipFile(wheel) as archive:  # as PEP 427 installs one that has no scripts
        archive.extractall(packages)
    for name in NEEDED:
        for top in {file.parts[0] for file in distribution(name).files or () if file.parts}:
            source = Path(str(distribution(name).locate_file(top)))
            if top not in {"..", "__pycache__"} and not (packages / top).exists():
                (packages / top).symlink_to(source)
    return interpreter


def test_the_wheel_has_every_module_and_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith("METADATA"))
    tracked = subprocess.run(
        ["git", "ls-files", "dbauth"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    sources = {file for file in tracked if file.endswith((".py", "psqlrc", ".crt"))}
    assert {name for name in names if ".dist-info/" not in name} == sources
    assert "License-Expression: MIT" in metadata
    assert "Provides-Extra: dsql" in metadata
    assert "# dbauth" in metadata


def test_its_requirements_allow_what_the_project_runs_with() -> None:
    project = tomllib.loads((ROOT / "dbauth" / "pyproject.toml").read_text())["project"]
    pinned = (ROOT / "requirements.txt").read_text()
    (dialect,) = project["optional-dependencies"]["dsql"]
    assert dialect in pinned
    assert (ROOT / "LICENSE").read_text() == (ROOT / "dbauth" / "LICENSE").read_text()


def test_a_project_of_two_files_signs_in_migrates_and_passes_its_checks(
    python: Path, rig: Rig, tmp_path: Path
) -> None:
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "settings.py").write_text(SETTINGS)
    with iam_door(rig, "two_files") as (url, rows, door):
        environment = child(door.environment(door.temporary), DATABASE=url)

        def run(*arguments: str) -> str:
            done = subprocess.run(
                [str(python), "-E", *arguments],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=600,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        assert "no issues" in run("manage.py", "check", "--database", "default")
        run("manage.py", "migrate", "--verbosity=0")
        assert rows("SELECT count(*) FROM auth_user") == [(0,)]
        code = f"import importlib.util; print(*map(importlib.util.find_spec, {ABSENT}))"
        assert run("-c", code).split() == ["None"] * len(ABSENT)
