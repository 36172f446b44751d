"""Where the packages are: each in a folder of its own, in its newest release."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

import django

from tests.rig.environment import child, way_out
from tests.third_party.packages import Package

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "third-party"
# A process has these already, and the driver has to be the project's.
PRESENT = ("django", "psycopg", "psycopg-binary", "psycopg2", "psycopg2-binary")


class InstallationError(Exception):
    """uv cannot install a package, see its own words."""


def site(package: Package) -> Path:
    return FOLDER / "sites" / package.name


def install(package: Package) -> None:
    """Install a package below build/, once."""
    if package.requirements:
        install_at(site(package), package.requirements)


def install_at(target: Path, requirements: Sequence[str]) -> None:
    """Install into a folder, once; what the project itself uses keeps its version."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    excludes = target.with_name(f"{target.name}.excludes")
    excludes.write_text("\n".join(PRESENT))
    partial = target.with_name(f"{target.name}.partial")
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-config"),
        *("--python", sys.executable, "--target", str(partial), "--excludes", str(excludes)),
        *("--constraints", str(ROOT / "requirements-dev.lock"), *requirements),
    ]
    done = subprocess.run(
        command, env=child(way_out()), capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise InstallationError(f"{target.name}: {done.stderr.strip()}")
    partial.rename(target)


def version(package: Package) -> str:
    if not package.requirements:
        return django.get_version()
    return _versions([str(site(package)), *sys.path])[_normal(package.name)]


def _versions(path: Iterable[str]) -> dict[str, str]:
    """The distributions on this path; the first one of a name counts."""
    found: dict[str, str] = {}
    for each in metadata.distributions(path=list(path)):
        found.setdefault(_normal(each.name), each.version)
    return found


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
