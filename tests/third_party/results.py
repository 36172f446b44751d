"""What the last runs came to, so that some packages can be run again by themselves."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tests.third_party.runs import Outcome
from tests.third_party.sites import FOLDER


def save(engine: str, package: str, outcome: Outcome) -> None:
    path = _path(engine, package)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(outcome)))


def load(engine: str, package: str) -> Outcome | None:
    """None if it has not been run."""
    path = _path(engine, package)
    return Outcome(**json.loads(path.read_text())) if path.exists() else None


def save_kills(package: str, kills: int) -> None:
    _path("killed", package).parent.mkdir(parents=True, exist_ok=True)
    _path("killed", package).write_text(json.dumps(kills))


def load_kills(package: str) -> int:
    """After how many kills `migrate` left what it leaves undisturbed; 0 if that was not tried."""
    path = _path("killed", package)
    return int(json.loads(path.read_text())) if path.exists() else 0


def _path(engine: str, package: str) -> Path:
    return FOLDER / "results" / engine / f"{package}.json"
