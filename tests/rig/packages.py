"""What is made once for all workers of a test run: the archives of both stages, static files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from carsite.deploy.package.project import collect_static
from tests.rig.alone import alone
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
    with alone(folder / f"{stage}.lock"):
        if not built.image.exists():
            project = copy(folder / stage / "project")
            project.package(stage, built.archive)
            shutil.rmtree(project.folder)
            unpack(built.archive, built.task)
            make_image(built.image)
    return built


def collected_static(folder: Path) -> Path:
    """The static files of the deployed stages, from `folder`, where the first one collects them."""
    collected, part = folder / "static", folder / "static.part"
    with alone(folder / "static.lock"):
        if not collected.exists():
            shutil.rmtree(part, ignore_errors=True)  # of one that failed
            collect_static(part)
            part.rename(collected)
    return collected
