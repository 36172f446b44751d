"""Where Django's tests come from: its source package, and the package index."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import django

from tests.rig.alone import alone
from tests.rig.environment import child, way_out
from tests.rig.tars import unpack
from tests.third_party.sites import install_at

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "django-suite"
# An entry of the lock: the package, then the hashes of all its files.
PIN = re.compile(r"^django==.*(?:\n    --hash=\S+ ?\\?)+", re.MULTILINE)
# What its tests skip themselves without, and which need no server, browser or compiler.
OPTIONAL = (
    "Pillow==13.0.0",
    "aiosmtpd==1.4.6",
    "argon2-cffi==25.1.0",
    "bcrypt==5.0.0",
    "docutils==0.23",
    "numpy==2.4.6",
    "tblib==3.2.2",
)
# Some are compiled for one version of Python.
SITE = FOLDER / f"optional-{sys.version_info.major}.{sys.version_info.minor}"


class SourceUnavailableError(Exception):
    """The package index that pip uses does not have the source package, or cannot be reached."""


def fetch(folder: Path = FOLDER) -> Path:
    """The folder `tests` of Django's sources, downloaded once; processes wait for each other."""
    version = django.get_version()
    unpacked = folder / f"django-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / "lock"):
        if not unpacked.exists():
            with tempfile.TemporaryDirectory(dir=folder) as temporary:
                _unpack(_download(Path(temporary)), Path(temporary))
                (Path(temporary) / unpacked.name).rename(unpacked)
    return unpacked / "tests"


def install_optional() -> Path:
    """The folder with OPTIONAL, installed once. Raises InstallationError where it cannot be."""
    install_at(SITE, OPTIONAL)
    return SITE


def _download(folder: Path) -> Path:
    pin = PIN.search((ROOT / "requirements.lock").read_text())
    assert pin is not None
    requirements = folder / "requirements.txt"
    requirements.write_text(pin[0].rstrip("\\ ") + "\n")
    command = [
        *(sys.executable, "-E", "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-binary", "django", "--no-build-isolation", "--require-hashes"),
        *("--retries", "1", "--dest", str(folder), "-r", str(requirements)),
    ]
    environment = child(way_out())
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode or not archives:
        raise SourceUnavailableError(f"pip cannot download Django's sources:\n{done.stderr}")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        unpack(tar, folder)
