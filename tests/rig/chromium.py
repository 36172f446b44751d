"""A real Chromium that is already installed: Playwright's own download is not needed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.rig.service import ADMIN

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = "no Chromium: install it with 'apt install chromium' or your system's own way"
# No look-ups of its maker's hosts: the tests watch where requests go.
QUIET = [
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--disable-quic", "--disable-gpu"),
]


def executable() -> Path | None:
    """Where it is; None where it is not."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running_chromium(executable: Path) -> Iterator[Browser]:
    # Chromium's sandbox refuses to start as root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


def log_in(page: Page) -> None:
    """As the service's superuser; the context's base_url ends with a slash, after any prefix."""
    name, password = ADMIN
    page.goto("admin/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("input[type=submit]")
    expect(page.locator("#user-tools")).to_contain_text(name)
