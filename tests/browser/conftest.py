"""A real Chromium. `make test` skips these tests where there is none, and CI fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.rig.service import Client, Service

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# No look-ups of its maker's hosts: the tests watch where requests go.
QUIET = [
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--disable-quic", "--disable-gpu"),
]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's executable: Playwright's own download is neither needed nor used."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    message = "no Chromium: install it with 'apt install chromium' or your system's own way"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


# Not for the session: Playwright runs an event loop in this thread for as long as it lives, and
# Django refuses to touch a database beside one.
@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    # Chromium's sandbox refuses to start as root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *sandbox])
        yield running
        running.close()


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client of a service without cars."""
    service.rows("DELETE FROM cars_car")
    with service.client() as session:
        yield session
