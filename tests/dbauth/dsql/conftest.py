"""A DSQL cluster of the tests' own, as a database of this process's Django."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from tests.dbauth.conftest import entry
from tests.dbauth.dsql.chaos import Stage
from tests.rig.dsql_gate import DsqlGate, add_role, running_dsql_gate
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.services import Rig, running_dsql

ALIAS = "cluster"
SCHEMA = "workshop"
ROLE = "mechanic"

CATALOG = """
SELECT 'column', c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
    || a.attnotnull || ' ' || a.attidentity::text
    || ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
WHERE relkind = 'r' AND relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'index', i.indrelid::regclass::text,
    pg_get_indexdef(i.indexrelid) || ' ' || indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
WHERE relnamespace = '{schema}'::regnamespace
UNION ALL SELECT 'constraint', conrelid::regclass::text,
    conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace
ORDER BY 1, 2, 3
"""


class Cluster:
    """The gate with a database behind it; `connection` is Django's."""

    def __init__(self, gate: DsqlGate, server: PostgreSQL, database: str) -> None:
        self.gate = gate
        self.control = gate.control
        self._server = server
        self._database = database

    @property
    def connection(self):
        return connections[ALIAS]

    def rows(self, sql: str) -> list[tuple]:
        """What is stored, asked behind the gate's back."""
        return self._server.execute(f"SET search_path = {SCHEMA}; {sql}", self._database)

    def catalog(self) -> list[tuple]:
        """Columns, indexes and constraints, in an order that does not depend on when they came."""
        return [row for row in self.rows(CATALOG.format(schema=SCHEMA)) if "_step" not in row[1]]

    def clear(self) -> None:
        """Begin with an empty schema."""
        self.rows(
            f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA} AUTHORIZATION {ROLE}"
        )

    def refusals(self) -> list[str]:
        return [each["message"] for each in self.control.refused_statements()]


@pytest.fixture(scope="session")
def _cluster(server: PostgreSQL) -> Iterator[Cluster]:
    database = server.create_database("cluster")
    with running_dsql_gate(server, database=database) as gate:
        add_role(gate, ROLE, SCHEMA)
        yield Cluster(gate, server, database)


@pytest.fixture
def open_cluster(_cluster: Cluster, aws, tokens) -> Iterator[Callable[..., Cluster]]:
    """Makes the cluster a database of this process, with more OPTIONS if wanted."""
    aws(_cluster.gate.environment())
    _cluster.clear()
    _cluster.control.reset()

    def register(**options) -> Cluster:
        settings = {ALIAS: entry(_cluster.gate, ROLE, {"schema": SCHEMA, **options})}
        connections.settings[ALIAS] = connections.configure_settings(settings | DEFAULT)[ALIAS]
        forget()
        return _cluster

    yield register
    forget()
    connections.settings.pop(ALIAS, None)
    _cluster.control.reset()


DEFAULT: dict = {"default": {}}
HOOKED = "tests.dbauth.dsql.hooked"


@pytest.fixture
def cluster(open_cluster: Callable[..., Cluster]) -> Cluster:
    return open_cluster()


def forget() -> None:
    """Close this thread's connection to the cluster, as the end of a process does."""
    with contextlib.suppress(AttributeError):
        connections[ALIAS].close()
        del connections[ALIAS]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The whole service, with a server of its own that may be crashed."""
    with running_postgresql() as server:
        rig = Rig(tmp_path_factory.mktemp("chaos"), lambda: server)
        with running_dsql(rig, retry_seconds="3", settings=HOOKED) as (service, gate):
            yield Stage(service, gate, server)
