"""What every test may ask for. The rigs start when the first test needs them, once per worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.urls import clear_script_prefix
from hypothesis import settings

from tests.rig import order, rewriting
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import Service
from tests.rig.services import EVERYWHERE, SERVICES, Rig

LONGEST_BYTES_IN_A_NAME = 32

# Hypothesis' own for continuous integration: the same examples each time, at any speed.
settings.load_profile("ci")

# What starts a server, a browser, a function or Terraform, or builds an archive: whoever asks for
# one of these, directly or not, is no part of `make check`.
SERVERS = {
    *("postgresql", "server", "gate_server", "rig", "running", "service", "browser", "chromium"),
    *("initialised", "report", "rehearsal", "aws_url", "cloud", "life"),
}


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("server")
    order.mark(items)  # before pytest-xdist looks for groups
    yield
    order.arrange(items)  # after pytest-django, which has an order of its own


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files in names of tests differ from worker to worker where a time is in them, as in a zip."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_BYTES_IN_A_NAME else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Three more than processors: rehearsals, Terraform and tests of time-outs mostly wait.

    Tests without a server do not, and each worker takes seconds to collect: `-n logical`.
    """
    return None if config.option.numprocesses == "logical" else (os.cpu_count() or 1) + 3


@pytest.fixture(autouse=True)
def _no_script_prefix() -> Iterator[None]:
    """A request to the function leaves its stage to the thread; Django's test client has none."""
    yield
    clear_script_prefix()


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    rewriting.keep(config)  # before the first worker starts


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


@pytest.fixture(scope="session")
def running(rig: Rig) -> Iterator[Callable[[str], Service]]:
    """Services by name, each started once and kept: workers get the tests of all in any order."""
    services: dict[str, Service] = {}
    with ExitStack() as stack:

        def get(name: str) -> Service:
            if name not in services:
                services[name] = stack.enter_context(SERVICES[name](rig))
            return services[name]

        yield get


@pytest.fixture(scope="session", params=EVERYWHERE)
def service(request: pytest.FixtureRequest, running: Callable[[str], Service]) -> Service:
    """The running service, once for every database: the contract is the same on all of them."""
    return running(request.param)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return Path(__file__).resolve().parents[1]
