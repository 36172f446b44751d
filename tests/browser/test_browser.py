"""A person with a browser: a car made in the API's form is found in the admin."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rig.chromium import log_in
from tests.rig.service import Client, Service

pytestmark = [
    # One worker, one after the other: see the browser fixture.
    pytest.mark.xdist_group("browser"),
    # What a browser shows does not depend on the database; where paths begin does on the gateway.
    pytest.mark.parametrize(
        "service", ["local", "lambda-regular-rest", "lambda-dsql-http"], indirect=True
    ),
]


# Only a machine that is busy with other things needs more than a second.
WAIT_MILLISECONDS = 300_000
expect.set_options(timeout=WAIT_MILLISECONDS)


class Watch:
    """What a page asked for outside its host, and what its console said."""

    def __init__(self, page: Page, host: str) -> None:
        self.strangers: list[str] = []
        self.console: list[str] = []
        page.on("request", lambda request: self._note(request.url, host))
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def _note(self, url: str, host: str) -> None:
        address = urlsplit(url)
        if address.scheme not in {"data", "blob"} and address.netloc != host:
            self.strangers.append(url)


@pytest.fixture
def page(browser: Browser, service: Service, client: Client) -> Iterator[Page]:
    context = browser.new_context(
        base_url=f"{service.url}/",
        ignore_https_errors=True,
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(WAIT_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def watch(page: Page, service: Service) -> Iterator[Watch]:
    """Fails the test afterwards if a request left the host or the console was not silent."""
    watch = Watch(page, urlsplit(service.url).netloc)
    yield watch
    assert watch.strangers == []
    assert watch.console == []


def test_a_car_made_in_the_browsable_api_is_found_in_the_admin(
    page: Page, watch: Watch, service: Service
) -> None:
    page.goto("./")
    expect(page).to_have_url(f"{service.url}/cars")
    form = page.locator("#post-object-form form")
    form.locator("[name=make]").fill("Lancia")
    form.locator("[name=model]").fill("Stratos")
    form.locator("[name=year]").fill("1974")
    form.locator("button:has-text('POST')").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    expect(page.locator(".response-info")).to_contain_text("Stratos")

    log_in(page)
    page.goto("admin/cars/car/")
    page.fill("#searchbar", "Lancia")
    page.click("#changelist-search input[type=submit]")
    page.click("#result_list >> text=Stratos")
    expect(page.locator("#id_make")).to_have_value("Lancia")


def test_a_logged_in_user_can_post_in_the_browsable_api_and_log_out(
    page: Page, watch: Watch
) -> None:
    log_in(page)
    page.goto("cars")
    form = page.locator("#post-object-form form")
    form.locator("[name=make]").fill("Lancia")
    form.locator("[name=model]").fill("Delta")
    form.locator("[name=year]").fill("1987")
    form.locator("button:has-text('POST')").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    page.locator("text=Log out").click()
    expect(page.locator("text=Log in")).to_be_visible()


def test_the_browsable_api_says_what_is_wrong_with_a_form(page: Page, watch: Watch) -> None:
    page.goto("cars")
    form = page.locator("#post-object-form form")
    form.locator("[name=make]").fill("Lancia")
    form.locator("[name=model]").fill("Delta")
    form.locator("[name=year]").fill("1800")
    form.locator("button:has-text('POST')").click()
    expect(page.locator(".response-info")).to_contain_text("greater than or equal to 1886")
    expect(page.locator(".has-error .help-block")).to_contain_text("greater than or equal to 1886")
    assert len(watch.console) == 1
    assert "400 (Bad Request)" in watch.console.pop()  # which is what was asked for


def test_links_lead_from_page_to_page(page: Page, watch: Watch, client: Client) -> None:
    for number in range(3):
        client.post("/cars", json={"make": "Fiat", "model": f"Panda {number}", "year": 1980})
    page.goto("cars?page_size=2&make=Fiat")
    expect(page.locator(".response-info")).to_contain_text("Panda 2")
    page.click("text=\u00bb >> nth=0")
    expect(page.locator(".response-info")).to_contain_text("Panda 0")
    page.click("text=\u00ab >> nth=0")
    expect(page.locator(".response-info")).to_contain_text("Panda 2")


def test_the_filter_form_filters(page: Page, watch: Watch, client: Client) -> None:
    for make in ("Fiat", "Saab"):
        client.post("/cars", json={"make": make, "model": "X", "year": 1980})
    page.goto("cars")
    page.click("text=Filters")
    page.fill("#filtersModal [name=make]", "Saab")
    page.click("#filtersModal button[type=submit]")
    expect(page.locator(".response-info")).to_contain_text("Saab")
    expect(page.locator(".response-info")).not_to_contain_text("Fiat")


@pytest.mark.parametrize("logged_in", [False, True])
def test_the_documentation_page_shows_and_tries_the_api(
    page: Page, watch: Watch, logged_in: bool
) -> None:
    if logged_in:
        log_in(page)
    page.goto("docs")
    expect(page.locator(".opblock")).to_have_count(3)
    post = page.locator(".opblock-post")
    post.locator(".opblock-summary-control").click()
    post.locator(".try-out__btn").click()
    post.locator("textarea").fill('{"make": "Saab", "model": "96", "year": 1967}')
    post.locator(".execute").click()
    status = post.locator(".live-responses-table tbody .response-col_status")
    expect(status).to_have_text("201")
