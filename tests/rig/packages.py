"""The archives of both stages, built once for all workers of a test run."""

from __future__ import annotations

import fcntl
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.rig.lambda_runtime import make_image
from tests.rig.project_copy import copy, unpack


@dataclass(frozen=True)
class Package:
    """A stage's archive, the folder that it is unpacked in, and Amazon's packages beside it."""

    stage: str
    archive: Path
    task: Path
    image: Path


def package(stage: str, folder: Path) -> Package:
    """Build the stage's archive in `folder`, or take what another worker has built there."""
    folder.mkdir(parents=True, exist_ok=True)
    built = Package(
        stage, folder / f"{stage}.zip", folder / stage / "task", folder / stage / "image"
    )
    with (folder / f"{stage}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.image.exists():
            project = copy(folder / stage / "project")
            project.package(stage, built.archive)
            shutil.rmtree(project.folder)
            unpack(built.archive, built.task)
            make_image(built.image)
    return built
