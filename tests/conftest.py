"""What every test may ask for. The rigs start when the first test needs them, once per worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import Service
from tests.rig.services import SERVICES, Rig


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    return Rig(
        folder=tmp_path_factory.mktemp("rig"),
        postgresql=lambda: request.getfixturevalue("postgresql"),
        shared=shared_folder(tmp_path_factory),
    )


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share; pytest-xdist gives each one below it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", params=list(SERVICES))
def service(request: pytest.FixtureRequest, rig: Rig) -> Iterator[Service]:
    """The running service, once for every database: the contract is the same on all of them."""
    with SERVICES[request.param](rig) as running:
        yield running


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return Path(__file__).resolve().parents[1]
