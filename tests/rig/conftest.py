"""A DSQL gate for the tests of the gate itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.rig.dsql_gate import HOST, DsqlGate, running_dsql_gate
from tests.rig.front_door import CREDENTIALS
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.tokens import dsql_token

# psycopg2 has no types of its own.
Connect = Callable[..., Any]
GONE_SECONDS = 300


@pytest.fixture(scope="session")
def gate_server() -> Iterator[PostgreSQL]:
    # 16 is what DSQL says it is.
    with running_postgresql(16) as server:
        yield server


@pytest.fixture(scope="session")
def running_gate(gate_server: PostgreSQL) -> Iterator[DsqlGate]:
    with running_dsql_gate(gate_server) as gate:
        run_alone(gate, "CREATE ROLE writer LOGIN")
        run_alone(gate, f"AWS IAM GRANT writer TO '{CREDENTIALS.arn}'")
        yield gate


@pytest.fixture
def gate(running_gate: DsqlGate) -> Iterator[DsqlGate]:
    yield running_gate
    running_gate.control.reset()


@pytest.fixture(scope="session")
def behind(gate_server: PostgreSQL) -> Iterator[Callable[[str], None]]:
    """Runs SQL behind the gate's back, on one connection until the server goes."""
    opened: list[Any] = []

    def run(sql: str) -> None:
        if not opened or opened[-1].closed:
            opened.append(gate_server.connect())
        with opened[-1].cursor() as cursor:
            cursor.execute(sql)

    yield run
    for connection in opened:
        connection.close()


@pytest.fixture
def schema(gate: DsqlGate, behind: Callable[[str], None]) -> Iterator[str]:
    """A schema of the test's own, where `admin` finds its tables."""
    behind("CREATE SCHEMA trial AUTHORIZATION admin")
    yield "trial"
    gate.control.reset()
    deadline = time.monotonic() + GONE_SECONDS
    while True:
        try:
            behind("SET lock_timeout = '1s'; DROP SCHEMA IF EXISTS trial CASCADE")
        except psycopg2.Error:
            # A job or a session of the test's is still at its end ("tuple concurrently updated").
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


@pytest.fixture
def connect(gate: DsqlGate, schema: str) -> Iterator[Connect]:
    """Opens connections in autocommit; after the test they are closed before the schema goes."""
    opened = []

    def connect(user: str = "admin", **changes: str) -> Any:
        opened.append(open_connection(gate, user, **changes))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def run_alone(gate: DsqlGate, sql: str) -> None:
    """Run one statement as `admin` on a connection of its own."""
    with closing(open_connection(gate)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


def open_connection(gate: DsqlGate, user: str = "admin", **changes: str) -> Any:
    parameters = {
        "host": HOST,
        "hostaddr": "127.0.0.1",
        "port": str(gate.port),
        "user": user,
        "password": dsql_token(HOST, user),
        "dbname": "postgres",
        "sslmode": "verify-full",
        "sslrootcert": str(gate.ca),
        "connect_timeout": "10",
        "options": "-c search_path=trial",
    }
    connection = psycopg2.connect(**parameters | changes)
    connection.autocommit = True
    return connection
