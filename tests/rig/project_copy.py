"""A copy of the project to deploy from, with everything in it that must not leave it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import trustme

from carsite.deploy.package import libraries, lock, wheels
from tests.rig.alone import alone
from tests.rig.environment import child, way_out

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("carsite", "cars", "dbauth", "manage.py", "requirements.lock", "zappa_settings.json")
PLANTED = "planted-secret-a8f5f167f44f4964e6c998dee827110c"
# What a working copy holds besides the project, each with the secret inside.
BESIDE = (
    *(".env", "db.sqlite3", "server.key", "terraform/terraform.tfvars", ".terraform/state"),
    *("terraform/terraform.tfstate", "terraform/terraform.tfstate.backup", "tests/secret.py"),
    *(".git/config", ".aws/credentials", "docs/notes.md", "node_modules/x/.env"),
)
ZAPPA_SECONDS = 900  # a limit for what hangs, not for what is slow
# Zappa's choice where zappa_settings.json makes none: this Python, on x86-64.
TARGET = wheels.Target(f"python3.{sys.version_info[1]}", "x86_64")


@dataclass(frozen=True)
class Project:
    """The copy's folder; `zappa` runs its command line there."""

    folder: Path

    def zappa(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        python: str | Path = sys.executable,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-c", "from zappa.cli import handle; handle()", *arguments],
            cwd=self.folder,
            env=child(
                {
                    "HOME": str(self.folder.parent),
                    "AWS_EC2_METADATA_DISABLED": "true",
                    # Zappa asks PyPI for its newest version; nothing is listening here.
                    "HTTPS_PROXY": "http://127.0.0.1:9",
                    "HTTP_PROXY": "http://127.0.0.1:9",
                    "NO_PROXY": "127.0.0.1",
                    **(environment or {}),
                }
            ),
            capture_output=True,
            text=True,
            timeout=ZAPPA_SECONDS,
            check=False,
        )

    def package(self, stage: str, target: Path) -> Path:
        """Build a stage's archive as `zappa package` does."""
        done = self.zappa("package", stage, "--output", str(target))
        assert done.returncode == 0, done.stdout + done.stderr
        return target


def copy(folder: Path, beside: Iterable[str] = BESIDE) -> Project:
    """A fresh copy, with AWS's certificates replaced by one nobody else has.

    `beside` are the files to plant the secret in. What ships is made first, since Zappa runs
    without a network here.
    """
    wheels.CACHE.mkdir(exist_ok=True)
    with mock.patch.dict(os.environ, way_out()), alone(wheels.CACHE / "lock"):
        libraries.packed(lock.shipped(ROOT / "requirements.lock"), TARGET)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    for name in beside:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLANTED)
    trustme.CA().cert_pem.write_to_path(str(folder / "carsite" / "rds-global-bundle.pem"))
    return Project(folder)


def unpack(archive: Path, folder: Path) -> Path:
    """As Lambda unpacks it: read-only, everything from 1980."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    for path in folder.rglob("*"):
        os.utime(path, (315532800, 315532800))
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder
