"""The folders that the peers of the cold start run from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from carsite.deploy.package import bytecode
from tests.rig.lambda_runtime import make_image
from tests.rig.packages import Package
from tests.rig.project_copy import copy, unpack

ROOT = Path(__file__).resolve().parents[1]


def zappa_package(folder: Path) -> Package:
    """The same project as Zappa packages it by itself, in an environment of what it needs.

    Its settings are those that `zappa init` writes for a Django project, and no more.
    """
    here = folder / "zappa-defaults"
    project = copy(here / "project")
    python = _environment(
        project.folder / ".venv", "--require-hashes", "-r", str(ROOT / "requirements.lock")
    )
    settings = {
        "regular": {
            "aws_region": "us-east-1",
            "django_settings": "carsite.settings.regular",
            "project_name": "cars",
            "runtime": f"python3.{sys.version_info[1]}",
            "s3_bucket": "unused",
        }
    }
    (project.folder / "zappa_settings.json").write_text(json.dumps(settings))
    # What cannot be left out: without a manifest the settings refuse to serve a page.
    _collect(python, project.folder)
    archive = here / "code.zip"
    done = project.zappa(
        *("package", "regular", "--output", str(archive)),
        environment={"VIRTUAL_ENV": str(project.folder / ".venv")},
    )
    done.check_returncode()
    return Package("regular", archive, unpack(archive, here / "task"), make_image(here / "image"))


def fastapi_package(folder: Path) -> Package:
    """FastAPI with SQLAlchemy behind Mangum."""
    packages = ("fastapi", "sqlalchemy", "mangum", "psycopg2-binary")
    return _peer(folder / "fastapi", ("fastapi_async", "fastapi_cars"), packages)


def powertools_package(folder: Path) -> Package:
    """Powertools with raw SQL."""
    packages = ("aws-lambda-powertools", "orjson", "psycopg2-binary")
    return _peer(folder / "powertools", ("powertools", "plain"), packages)


def raw_package(folder: Path) -> Package:
    """The floor."""
    return _peer(folder / "raw", ("raw", "plain"), ("orjson", "psycopg2-binary"))


def _peer(here: Path, modules: Sequence[str], packages: tuple[str, ...]) -> Package:
    """A stack with every advantage of ours: only what it needs, and valid bytecode."""
    task = here / "task"
    requirements = here / "requirements.txt"
    here.mkdir()
    requirements.write_text(
        "\n".join(
            line.partition("#")[0].strip()
            for name in ("requirements.txt", "benchmarks/requirements.txt")
            for line in (ROOT / name).read_text().splitlines()
            if line.startswith(packages)
        )
    )
    _pip(sys.executable, "--target", str(task), "--no-compile", "-r", str(requirements))
    names = ["__init__", "peers/__init__", *(f"peers/{module}" for module in modules)]
    for name in names:
        copied = task / "benchmarks" / f"{name}.py"
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "benchmarks" / f"{name}.py", copied)
    bytecode.compile_tree(task)
    return Package("regular", here / "none.zip", task, make_image(here / "image"))


def _environment(folder: Path, *requirements: str) -> Path:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    _pip(str(python), *requirements)
    return python


def _pip(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _collect(python: Path, project: Path) -> None:
    subprocess.run(
        [python, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=project,
        env={
            "DJANGO_SETTINGS_MODULE": "carsite.settings.regular",
            "DJANGO_SECRET_KEY": "unused",
            "DATABASE_URL": "postgresql://unused@unused.invalid/unused",
            "AWS_REGION": "us-east-1",
        },
        check=True,
    )
