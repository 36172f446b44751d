"""A real Chromium. `make test` skips these tests where there is none, and CI fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.rig.chromium import MISSING, executable, running_chromium
from tests.rig.service import Client, Service


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's executable."""
    if found := executable():
        return found
    if os.environ.get("CI"):
        pytest.fail(MISSING)
    pytest.skip(MISSING)


# Not for the session: Playwright runs an event loop in this thread for as long as it lives, and
# Django refuses to touch a database beside one.
@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with running_chromium(chromium) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client of a service without cars."""
    service.rows("DELETE FROM cars_car")
    with service.client() as session:
        yield session
