"""A DSQL gate for the tests of the gate itself."""

from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest

from tests.rig.dsql_gate import HOST, DsqlGate, running_dsql_gate
from tests.rig.front_door import CREDENTIALS
from tests.rig.postgresql import running_postgresql
from tests.rig.tokens import dsql_token

Connection = psycopg2.extensions.connection
Connect = Callable[..., Connection]


@pytest.fixture(scope="session")
def running_gate() -> Iterator[DsqlGate]:
    # 16 is what DSQL says it is.
    with running_postgresql(16) as server, running_dsql_gate(server) as gate:
        connection = open_connection(gate)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("CREATE ROLE writer LOGIN")
            cursor.execute(f"AWS IAM GRANT writer TO '{CREDENTIALS.arn}'")
        yield gate


@pytest.fixture
def gate(running_gate: DsqlGate) -> Iterator[DsqlGate]:
    yield running_gate
    running_gate.control.reset()


@pytest.fixture
def connect(gate: DsqlGate) -> Iterator[Connect]:
    """Opens connections in autocommit and closes them after the test."""
    opened = []

    def connect(user: str = "admin", **changes: str) -> Connection:
        opened.append(open_connection(gate, user, **changes))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def schema(connect: Connect) -> Iterator[str]:
    """A schema of the test's own, where `admin` finds its tables."""
    with connect().cursor() as cursor:
        cursor.execute("CREATE SCHEMA trial")
        yield "trial"
        cursor.execute("DROP SCHEMA trial CASCADE")


def open_connection(gate: DsqlGate, user: str = "admin", **changes: str) -> Connection:
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
