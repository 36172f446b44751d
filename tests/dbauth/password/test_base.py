"""ENGINE "dbauth.password": when an open connection is tried out before it is used."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.utils import ConnectionHandler
from django.test.utils import CaptureQueriesContext

from dbauth import liveness
from tests.rig.postgresql import PostgreSQL


@pytest.fixture
def connection(postgresql: PostgreSQL, django_db_blocker: Any) -> Iterator[Any]:
    databases = ConnectionHandler(
        {
            "default": {
                "ENGINE": "dbauth.password",
                "NAME": "postgres",
                "USER": postgresql.user,
                "PASSWORD": postgresql.password,
                "HOST": "127.0.0.1",
                "PORT": str(postgresql.port),
                "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": True,
                "OPTIONS": {"connect_timeout": "2"},
            }
        }
    )
    with django_db_blocker.unblock():
        yield databases["default"]
        databases.close_all()


def request(connection: Any) -> int:
    """A request's one query; how many statements the database was sent for it."""
    connection.close_if_unusable_or_obsolete()  # as Django does between requests
    with CaptureQueriesContext(connection) as statements, connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        assert cursor.fetchone() == (42,)
    return len(statements)


def backend(connection: Any) -> int:
    pid: int = connection.connection.info.backend_pid
    return pid


def test_a_connection_in_use_costs_no_statement_of_its_own(
    connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []
    usable = type(connection).is_usable

    def is_usable(self: Any) -> bool:
        checks.append(self)
        return bool(usable(self))

    monkeypatch.setattr(type(connection), "is_usable", is_usable)
    for _ in range(5):
        assert request(connection) == 1
    assert checks == []
    later = time.time() + liveness.IDLE_CHECK_SECONDS
    monkeypatch.setattr("dbauth.liveness.time.time", lambda: later)
    request(connection)
    assert len(checks) == 1


def test_a_connection_that_the_server_ended_is_replaced_at_once(
    connection: Any, postgresql: PostgreSQL
) -> None:
    request(connection)
    first = backend(connection)
    postgresql.execute(f"SELECT pg_terminate_backend({first})")
    end = time.monotonic() + 5
    while not liveness.has_news(connection.connection):
        assert time.monotonic() < end
    assert request(connection) == 1
    assert backend(connection) != first


def test_a_check_waits_as_long_as_a_new_connection_may(connection: Any) -> None:
    assert connection.check_seconds == 2
