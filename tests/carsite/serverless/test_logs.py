"""The lines that the deployed stages write for requests and connections."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from zappa.cli import ZappaCLI

from carsite.serverless.logs import JSONFormatter
from tests.rig.front_door import TEMPORARY
from tests.rig.ports import free_port
from tests.rig.service import Client, Service
from tests.rig.services import deployed

# On the worker that has the service.
pytestmark = pytest.mark.xdist_group("service-rds-iam")

Line = dict[str, Any]

TRACE = "1-5759e988-bd862e3fe1be46a994272793"
GET_HEALTH = """
import django; django.setup()
from django.db import connection
from django.test import Client
with connection.cursor() as cursor:
    cursor.execute("CREATE TEMPORARY TABLE cars_car ()")
for _ in range(2):
    Client().get("/health", secure=True, headers={"host": "localhost"})
"""
SECRETS = (TEMPORARY.secret_key, str(TEMPORARY.session_token), "X-Amz-Signature")


@pytest.fixture(scope="module")
def service(running: Callable[[str], Service]) -> Service:
    """The `dsql` stage on Aurora PostgreSQL with IAM."""
    return running("rds-iam")


@pytest.fixture
def client(service: Service) -> Client:
    return service.client()


@pytest.fixture
def lines(service: Service) -> Callable[[str], list[Line]]:
    """The lines of a logger that were written since the test began."""
    start = service.log.stat().st_size

    def of(logger: str) -> list[Line]:
        return _lines(service.log.read_bytes()[start:], logger)

    return of


def _lines(written: bytes, logger: str) -> list[Line]:
    # gunicorn's own lines are no JSON.
    found = [json.loads(line) for line in written.splitlines() if line.startswith(b"{")]
    return [line for line in found if line["logger"] == logger]


def test_a_request_is_a_line_with_what_operating_needs(client, lines) -> None:
    answer = client.get("/cars?make=Saab", headers={"X-Request-ID": "the-clients"})
    (line,) = lines("carsite.request")
    assert answer.headers["X-Request-ID"] == line["request_id"] != "the-clients"
    assert line["client_request_id"] == "the-clients"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/cars", 200)
    assert line["message"].startswith("GET /cars 200 ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert line["queries"] == 1
    assert 0 < line["database_milliseconds"] < line["milliseconds"] < 10_000
    assert 0 <= line["token_age"] < 900
    assert line["cold_start"] is False
    assert "xray_trace_id" not in line


def test_zappa_tail_http_shows_requests_and_nothing_else(service, client) -> None:
    start = service.log.stat().st_size
    client.get("/cars")
    client.get("/health")
    written = [line.decode() for line in service.log.read_bytes()[start:].splitlines()]
    shown = [json.loads(line) for line in written if ZappaCLI().is_http_log_entry(line)]
    assert [line["route"] for line in shown] == ["/cars", "/health"]
    assert {line["logger"] for line in shown} == {"carsite.request"}


def test_writes_count_their_queries(client, lines) -> None:
    client.post("/cars", json={"make": "Saab", "model": "900", "year": 1985})
    (line,) = lines("carsite.request")
    assert (line["method"], line["status"]) == ("POST", 201)
    assert line["queries"] >= 1


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/cars/0190a000-0000-7000-8000-000000000000", "/cars/<str:pk>", 404),
        ("/nowhere/jane.doe@example.com", "-", 404),
        ("/admin/", "/admin/", 302),
    ],
)
def test_the_route_stands_for_the_path(client, lines, path, route, status) -> None:
    client.get(path)
    (line,) = lines("carsite.request")
    assert (line["route"], line["status"]) == (route, status)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/cars?color=jane", 200), ("/cars?year=jane", 400), ("/jane?vin=1HGCM82633A004352", 404)],
)
def test_no_line_of_a_request_tells_who_or_what_about(service, client, path, status) -> None:
    start = service.log.stat().st_size
    answer = client.get(path, headers={"User-Agent": "jane's", "Authorization": "Bearer jane"})
    assert answer.status_code == status
    written = service.log.read_bytes()[start:].decode()
    assert "carsite.request" in written
    for private in ("1HGCM82633A004352", "jane", "127.0.0.1"):
        assert private not in written


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=1", TRACE),
        (f"Self=1-5759e988-000000000000000000000000;Root={TRACE}", TRACE),
        ('Root=1-2-3"; forged', None),
    ],
)
def test_the_trace_id_is_xrays(client, lines, header, expected) -> None:
    client.get("/health", headers={"X-Amzn-Trace-Id": header})
    (line,) = lines("carsite.request")
    assert line.get("xray_trace_id") == expected


def test_a_new_connection_is_a_line_with_its_fields(service) -> None:
    line = _connect_line(service)
    assert line["database"] == "default"
    assert line["database_host"].endswith(".rds.amazonaws.com")
    assert line["database_role"] == "lambda_dsql_user"
    assert line["connect_milliseconds"] > 0
    assert 0 <= line["token_age"] < 900
    assert line["message"].startswith("Connected to ")


def test_every_field_in_the_documented_queries_is_written(
    root: Path, service, client, lines
) -> None:
    text = (root / "docs" / "operations.md").read_text()
    client.get("/cars", headers={"X-Amzn-Trace-Id": f"Root={TRACE}", "X-Request-ID": "a"})
    written = set(lines("carsite.request")[-1]) | set(_connect_line(service))
    queries = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    assert len(queries) >= 5
    for query in queries:
        assert _fields(query) <= written, query


def test_every_field_is_documented(root: Path, client, lines) -> None:
    text = (root / "docs" / "operations.md").read_text()
    client.get("/cars", headers={"X-Amzn-Trace-Id": f"Root={TRACE}", "X-Request-ID": "a"})
    for field in lines("carsite.request")[-1]:
        assert f"`{field}`" in text


def _connect_line(service: Service) -> Line:
    """The newest of the lines about connections: whoever answers a request has opened one."""
    service.client().get("/cars")
    return _lines(service.log.read_bytes(), "dbauth")[-1]


def _fields(query: str) -> set[str]:
    """The names that a query takes from the lines: neither its words nor what it names itself."""
    query = re.sub(r'"[^"]*"|\bas \w+', "", query)
    own = {"requests", "p50", "p99", "errors"}
    words = {"filter", "stats", "sort", "fields", "by", "and", "or", "in", "desc", "asc"}
    functions = set(re.findall(r"(\w+)\(", query))
    return set(re.findall(r"\b[a-z]\w*", query)) - own - words - functions


def test_nothing_secret_is_in_any_line(service: Service) -> None:
    written = service.log.read_text()
    assert "carsite.request" in written
    for secret in SECRETS:
        assert secret not in written


def test_the_first_request_of_a_process_is_a_cold_start(service: Service, root: Path) -> None:
    """And Lambda's own trace id wins over what a client sends."""
    done = subprocess.run(
        [sys.executable, "-c", GET_HEALTH],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            **service.environment,
            "_X_AMZN_TRACE_ID": f"Root={TRACE};Sampled=0",
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    requests = [line for line in found if line["logger"] == "carsite.request"]
    assert [line["cold_start"] for line in requests] == [True, False], done.stderr
    assert {line["xray_trace_id"] for line in requests} == {TRACE}
    assert [line["logger"] for line in found].count("dbauth") == 1


def test_a_failed_query_is_counted_and_the_line_still_written(service: Service, tmp_path) -> None:
    """Where the database is away: 503, and a line that says so."""
    url = service.environment["DATABASE_URL"].replace("hostaddr=127.0.0.1", "hostaddr=127.0.0.2")
    environment = {**service.environment, "DATABASE_URL": url}
    away = replace(service, environment=environment, log=tmp_path / "log", port=free_port())
    away.start()
    try:
        assert away.client().get("/cars?color=jane").status_code == 503
    finally:
        away.stop()
    found = [json.loads(row) for row in away.log.read_text().splitlines() if row[:1] == "{"]
    (line,) = [
        each for each in found if each["logger"] == "carsite.request" and each["status"] == 503
    ]
    assert line["route"] == "/cars"
    assert "token_age" not in line
    assert "jane" not in away.log.read_text()


def test_a_new_connection_with_a_password_is_a_line_too(postgresql, root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GET_HEALTH],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            **deployed("regular", postgresql.url(sslmode="disable")),
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    (line,) = [each for each in found if each["logger"] == "carsite.database"]
    assert (line["database"], line["database_host"]) == ("default", "127.0.0.1"), done.stderr
    assert line["database_role"] == postgresql.user
    assert postgresql.password not in done.stdout + done.stderr


def test_local_has_runservers_lines_alone(root: Path) -> None:
    code = "from django.conf import settings; print('request_log' in str(settings.MIDDLEWARE))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "carsite.settings.local"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout == "False\n"


def test_half_a_character_does_not_cost_a_line() -> None:
    record = logging.LogRecord("carsite", logging.ERROR, "", 1, "lost: %s", ("\ud800",), None)
    line = json.loads(JSONFormatter("%(levelname)s %(message)s").format(record))
    assert line == {"levelname": "ERROR", "message": "lost: \ud800"}
