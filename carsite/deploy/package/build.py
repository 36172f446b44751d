"""The archive from its parts, in place of the one that Zappa wrote."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

from click import ClickException, echo

from carsite.deploy.outputs import ROOT, kind
from carsite.deploy.package import (
    archive,
    bytecode,
    libraries,
    lock,
    project,
    wheels,
)
from carsite.settings.database import RDS_CA

# Written by Zappa for its handler: names and switches; no secret is in the settings it comes from.
FROM_ZAPPA = "zappa_settings.py"
STATIC = "staticfiles"
MANIFEST = "staticfiles.json"


def rebuild(target: Path, stage: str, runs_on: wheels.Target) -> None:
    """Replace the archive `target` by what the stage's function needs, and nothing else."""
    if kind(stage) == "regular" and not RDS_CA.is_file():
        raise ClickException(
            f"{RDS_CA} is missing, and without it the function would refuse to connect. Fetch it"
            " once with 'python manage.py fetch_rds_ca'."
        )
    with zipfile.ZipFile(target) as zappas:
        settings = zappas.read(FROM_ZAPPA)
    with tempfile.TemporaryDirectory(prefix="carsite-package-") as folder:
        tree = Path(folder, "tree")
        archive.fill(tree, project.files())
        (tree / FROM_ZAPPA).write_bytes(settings)
        bytecode.compile_tree(tree)
        _packages(runs_on, tree)
        _static(Path(folder, "static"), tree / STATIC)
        archive.write(tree, target)
    echo(
        f"Packed {len(zipfile.ZipFile(target).namelist())} files: {target.stat().st_size:,} bytes."
    )


def _packages(runs_on: wheels.Target, tree: Path) -> None:
    shipping = lock.shipped(ROOT / "requirements.lock")
    lock.check_installed(shipping)
    libraries.unpack(shipping, runs_on, tree)


def _static(collected: Path, destination: Path) -> None:
    project.collect_static(collected)
    shutil.copytree(collected, destination, ignore=_unused(collected))
    # Its order follows the file system's.
    manifest = destination / MANIFEST
    text = json.dumps(json.loads(manifest.read_bytes()), sort_keys=True)
    manifest.write_text(text, encoding="utf-8")


def _unused(collected: Path):  # type: ignore[no-untyped-def] # a callback of shutil's
    def unused(folder: str, names: list[str]) -> list[str]:
        paths = {name: Path(folder, name).relative_to(collected).as_posix() for name in names}
        return [
            name
            for name, path in paths.items()
            if any(fnmatchcase(path, pattern) for pattern in project.UNUSED_STATIC)
        ]

    return unused
