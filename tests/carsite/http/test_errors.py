"""Expected failures: one line in the log, and clients that do not all come back at once."""

from __future__ import annotations

import logging
import random
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.http import HttpResponse
from django.test import Client

from carsite.http import errors


def missing_table() -> ProgrammingError:
    error = ProgrammingError('relation "cars_car" does not exist\nLINE 1: SELECT')
    # psycopg2's own class has a pgcode that only the server's answer sets.
    error.__cause__ = type("Undefined", (Exception,), {"pgcode": "42P01"})()
    return error


def test_an_expected_failure_is_one_line_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    errors.note_database_failure(OperationalError("connection refused\n  Is the server running?"))
    (record,) = caplog.records
    assert record.getMessage() == (
        "database unavailable: OperationalError: connection refused Is the server running?"
    )
    assert record.exc_info is None


def test_a_database_without_tables_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert errors.is_unavailable(missing_table())
    errors.note_database_failure(missing_table())
    assert "unmigrated" in caplog.text
    assert "manage.py migrate" in caplog.text


def test_clients_are_not_all_told_to_come_back_together() -> None:
    waits = {errors.unavailable(HttpResponse(status=503))["Retry-After"] for _ in range(100)}
    assert len(waits) > 2
    assert {int(wait) for wait in waits} <= set(range(2, 9))


def test_restored_copies_of_a_process_do_not_wait_alike() -> None:
    def waits() -> list[str]:
        return [errors.unavailable(HttpResponse(status=503))["Retry-After"] for _ in range(40)]

    random.seed(1)
    first = waits()
    random.seed(1)
    assert waits() != first


@pytest.mark.django_db(transaction=True)
def test_health_tells_a_database_without_tables_from_one_that_is_away(client: Client) -> None:
    assert client.get("/health").json()["status"] == "ok"
    table = connection.ops.quote_name("cars_car")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        answer = client.get("/health")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
    assert (answer.status_code, answer.json()["status"]) == (503, "unmigrated")


def test_a_wrong_host_is_logged_without_a_traceback(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["cars.example.com"]
    shown: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            shown.append(self.format(record))

    handler = Handler()
    for each in logging.root.handlers:
        for wanted in each.filters:
            handler.addFilter(wanted)
    logging.root.addHandler(handler)
    try:
        Client().get("/cars", headers={"host": "evil.example.com"})
    finally:
        logging.root.removeHandler(handler)
    assert any("Invalid HTTP_HOST header" in each for each in shown)
    assert not any("Traceback" in each for each in shown)
