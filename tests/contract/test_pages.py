"""The pages around the API: browsable API, documentation, schema, health, and how they link."""

from __future__ import annotations

import re

import pytest

from tests.contract.cars import add
from tests.rig.service import Client, Service

pytestmark = pytest.mark.contract
HTML = {"Accept": "text/html"}


def test_the_root_leads_into_the_browsable_api(client: Client) -> None:
    answer = client.get("/", headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{client.prefix}/cars")
    page = client.get("/cars", headers=HTML)
    assert page.status_code == 200
    assert "Car List" in page.text
    assert 'name="make"' in page.text


def test_the_browsable_api_shows_a_car(client: Client) -> None:
    page = client.get(f"/cars/{add(client, model='Yaris')['id']}", headers=HTML)
    assert page.status_code == 200
    assert "Yaris" in page.text


def test_the_browsable_api_escapes_what_it_shows(client: Client) -> None:
    add(client, model="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get("/cars", headers=HTML).text


@pytest.mark.parametrize("path", ["/cars", "/docs", "/admin/login/"])
def test_everything_a_page_refers_to_is_on_this_host(client: Client, path: str) -> None:
    page = client.get(path, headers=HTML).text
    references = re.findall(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"', page)
    assert references
    for reference in references:
        answer = client.get(reference)
        assert answer.status_code == 200, reference


def test_the_browsable_api_has_a_working_login(client: Client) -> None:
    login = re.search(r"href='([^']*login[^']*)'", client.get("/cars", headers=HTML).text)
    assert login
    page = client.get(login[1].replace("&amp;", "&"), headers=HTML)
    assert page.status_code == 200
    assert 'name="password"' in page.text


def test_the_schema_describes_the_three_operations(client: Client) -> None:
    answer = client.get("/schema")
    assert answer.headers["Content-Type"] == "application/json"
    schema = answer.json()
    assert schema["openapi"].startswith("3.")
    operations = {(path, method) for path, item in schema["paths"].items() for method in item}
    assert operations == {("/cars", "get"), ("/cars", "post"), ("/cars/{id}", "get")}


def test_the_admin_is_found_without_its_slash(client: Client) -> None:
    assert client.get("/admin").headers["Location"] == f"{client.prefix}/admin/"


def test_health_names_the_engine(client: Client, service: Service) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "engine": service.engine}
    assert "no-store" in answer.headers["Cache-Control"]


def test_static_files_are_cached_for_a_year_where_they_are_hashed(
    client: Client, service: Service
) -> None:
    sheet = re.search(r'href="([^"]*/static/[^"]+\.css)"', client.get("/docs", headers=HTML).text)
    assert sheet
    answer = client.get(sheet[1], headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    if service.name == "local":
        return  # the development server serves them as they are
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"


def test_answers_carry_the_security_headers(client: Client, service: Service) -> None:
    headers = client.get("/cars").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    if service.name != "local":
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
