"""Photographs the running product for the README: `make pictures`.

The service is the tests' own, on SQLite with the sample cars, in a Chromium that is installed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from playwright.sync_api import Browser, Page, ViewportSize

from tests.rig.chromium import MISSING, executable, log_in, running_chromium
from tests.rig.service import Service
from tests.rig.services import Rig, local

FOLDER = Path(__file__).parent
SIZE: ViewportSize = {"width": 1280, "height": 800}


def api(page: Page) -> None:
    page.goto("/cars?make=Saab")


def admin(page: Page) -> None:
    log_in(page)
    page.goto("/admin/cars/car/")
    page.wait_for_selector("#result_list")
    page.click("#toggle-nav-sidebar")
    page.evaluate("scrollTo(0, 0)")  # to click is to scroll


def documentation(page: Page) -> None:
    page.goto("/docs")
    page.click(".opblock-post .opblock-summary-control")
    page.wait_for_selector(".opblock-post .opblock-body .example >> visible=true")
    page.locator(".opblock-tag-section").evaluate("section => section.scrollIntoView()")
    page.mouse.click(1, 1)  # the focus has a frame


PICTURES: dict[str, Callable[[Page], None]] = {"api": api, "admin": admin, "docs": documentation}


def photograph(browser: Browser, service: Service) -> None:
    for name, open_page in PICTURES.items():
        context = browser.new_context(
            base_url=f"{service.url}/", viewport=SIZE, reduced_motion="reduce"
        )
        page = context.new_page()
        open_page(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}.png")
        context.close()


def no_postgresql() -> NoReturn:
    raise RuntimeError("SQLite needs no PostgreSQL")


def main() -> None:
    chromium = executable()
    if chromium is None:
        sys.exit(MISSING)
    with (
        tempfile.TemporaryDirectory() as folder,
        local(Rig(Path(folder), no_postgresql)) as service,
        running_chromium(chromium) as browser,
    ):
        service.manage("load_cars", "cars/sample/cars.csv", "--verbosity=0")
        photograph(browser, service)


if __name__ == "__main__":
    main()
