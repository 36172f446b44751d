"""A DSQL cluster of the tests' own, as a database of this process's Django."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from django.db import connections

from tests.dbauth.conftest import entry
from tests.dbauth.dsql.chaos import Stage
from tests.rig.catalog import CATALOG
from tests.rig.dsql_gate import DsqlGate, add_role, running_dsql_gate
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.services import Rig, running_dsql

ALIAS = "cluster"
SCHEMA = "workshop"
ROLE = "mechanic"
# On a machine that does other work, one attempt at a large transaction may take all of the default.
PATIENCE_SECONDS = 240


class Cluster:
    """The gate with a database behind it; `connection` is Django's."""

    def __init__(self, gate: DsqlGate, server: PostgreSQL, database: str) -> None:
        self.gate = gate
        self.control = gate.control
        self._server, self._database = server, database
        self._behind = server.connect(database)

    @property
    def connection(self):
        return connections[ALIAS]

    def rows(self, sql: str) -> list[tuple]:
        """What is stored, asked behind the gate's back."""
        try:
            return self._execute(sql)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if not self._behind.closed:
                raise
            # Another module's test has restarted the server.
            self._behind = self._server.connect(self._database)
            return self._execute(sql)

    def _execute(self, sql: str) -> list[tuple]:
        with self._behind.cursor() as cursor:
            cursor.execute(f"SET search_path = {SCHEMA}; {sql}")
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self._behind.close()

    def catalog(self) -> list[tuple]:
        """Columns, indexes and constraints, in an order that does not depend on when they came."""
        return [row for row in self.rows(CATALOG.format(schema=SCHEMA)) if "dbauth_" not in row[1]]

    def clear(self) -> None:
        """Begin with an empty schema."""
        self.rows(
            f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA} AUTHORIZATION {ROLE}"
        )

    def end_lease(self, holder: str) -> None:
        """Let the lease of a `migrate` that was killed end now."""
        self.rows(f"DELETE FROM dbauth_migration_lease WHERE holder = '{holder}'")

    def refusals(self) -> list[str]:
        return [each["message"] for each in self.control.refused_statements()]


@pytest.fixture(scope="session")
def _cluster(server: PostgreSQL) -> Iterator[Cluster]:
    database = server.create_database("cluster")
    with running_dsql_gate(server, database=database) as gate:
        add_role(gate, ROLE, SCHEMA)
        with contextlib.closing(Cluster(gate, server, database)) as cluster:
            yield cluster


@pytest.fixture
def open_cluster(_cluster: Cluster, aws, tokens) -> Iterator[Callable[..., Cluster]]:
    """Makes the cluster a database of this process, with more OPTIONS if wanted."""
    aws(_cluster.gate.environment())
    _cluster.clear()
    _cluster.control.reset()

    def register(**options) -> Cluster:
        options = {"schema": SCHEMA, "retry_seconds": PATIENCE_SECONDS, **options}
        settings = {ALIAS: entry(_cluster.gate, ROLE, options)}
        connections.settings[ALIAS] = connections.configure_settings(settings | DEFAULT)[ALIAS]
        forget()
        return _cluster

    yield register
    forget()
    connections.settings.pop(ALIAS, None)
    _cluster.control.reset()


DEFAULT: dict = {"default": {}}
HOOKED = "tests.rig.stages.hooked"
GARAGE = "tests.dbauth.dsql.garage"
SMALL = "tests.dbauth.dsql.plot.migrations"


@pytest.fixture
def cluster(open_cluster: Callable[..., Cluster]) -> Cluster:
    return open_cluster()


@pytest.fixture
def plot(settings, cluster: Cluster) -> Cluster:
    """A cluster that the small migration is about to be applied to, without waits for jobs."""
    settings.INSTALLED_APPS = [GARAGE]
    settings.MIGRATION_MODULES = {"garage": SMALL}
    cluster.control.set_job_seconds(0)
    return cluster


def forget() -> None:
    """Close this thread's connection to the cluster, as the end of a process does."""
    with contextlib.suppress(AttributeError):
        connections[ALIAS].close()
        del connections[ALIAS]


@pytest.fixture(scope="session")
def stage(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The whole service, with a server of its own that may be crashed."""
    with running_postgresql() as server:
        own = Rig(tmp_path_factory.mktemp("chaos"), lambda: server, rig.shared)
        with running_dsql(own, retry_seconds="3", settings=HOOKED) as (service, gate):
            yield Stage(service, gate, server)
