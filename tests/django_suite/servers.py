"""The databases that the suite runs on: one server, and before it the doors of AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.rig.dsql_gate import HOST, add_role, running_dsql_gate
from tests.rig.front_door import CREDENTIALS, running_front_door
from tests.rig.postgresql import PostgreSQL, running_postgresql

AURORA = "suite.cluster-c1a2r3s4.us-east-1.rds.amazonaws.com"
ALIASES = ("default", "other")  # Django's tests of several databases want two


@dataclass(frozen=True)
class Engine:
    """A backend under test: `settings` makes DATABASES of a worker's number and an alias."""

    name: str
    settings: Callable[[int, str], dict[str, Any]]
    environment: dict[str, str]

    def databases(self, worker: int) -> dict[str, dict[str, Any]]:
        return {alias: self.settings(worker, alias) for alias in ALIASES}


ENGINES = ("postgresql", "dbauth", "dsql")
# AWS's own adapter, as it comes and with keys that are integers; see peer/.
PEERS = ("peer", "peer-sequences")


@contextmanager
def running_engines(names: tuple[str, ...] = ENGINES, workers: int = 1) -> Iterator[list[Engine]]:
    """The engines of these names; each worker (from 1) has databases of its own on each of them."""
    with ExitStack() as stack:
        server = stack.enter_context(running_postgresql(16))  # which is what DSQL says it is
        # This PostgreSQL is built without ICU, one of whose collations Django's models name.
        server.execute('CREATE COLLATION public."sv-x-icu" FROM "C"', "template1")
        starts: dict[str, Callable[[ExitStack, PostgreSQL, int], Engine]] = {
            "postgresql": _postgresql,
            "dbauth": _dbauth,
            "dsql": _dsql,
            "peer": _peer,
            "peer-sequences": partial(_peer, USE_SEQUENCE_AUTOFIELDS=True),
        }
        yield [starts[name](stack, server, workers) for name in names]


def _postgresql(_stack: ExitStack, server: PostgreSQL, _workers: int) -> Engine:
    server.execute("CREATE ROLE suite_password LOGIN CREATEDB PASSWORD 'suite'")

    def settings(worker: int, alias: str) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": f"password_{worker}_{alias}",
            "USER": "suite_password",
            "PASSWORD": "suite",
            "HOST": server.host,
            "PORT": server.port,
        }

    return Engine("postgresql", settings, {})


def _dbauth(stack: ExitStack, server: PostgreSQL, _workers: int) -> Engine:
    door = stack.enter_context(running_front_door(server, "rds-iam", [AURORA]))
    server.execute("CREATE ROLE suite_iam LOGIN CREATEDB IN ROLE rds_iam")

    def settings(worker: int, alias: str) -> dict[str, Any]:
        return {
            "ENGINE": "dbauth",
            "NAME": f"iam_{worker}_{alias}",
            "USER": "suite_iam",
            "HOST": door.host,
            "PORT": door.port,
            "OPTIONS": {"hostaddr": "127.0.0.1", "sslrootcert": str(door.ca)},
        }

    return Engine("dbauth", settings, door.environment(CREDENTIALS))


def _dsql(stack: ExitStack, server: PostgreSQL, workers: int) -> Engine:
    database = server.create_database("cluster")
    gate = stack.enter_context(running_dsql_gate(server, [HOST], database=database))
    gate.control.set_job_seconds(0)
    add_role(gate, "suite_dsql", "suite")
    for worker in range(1, workers + 1):
        for alias in ALIASES:
            gate.execute(f"CREATE SCHEMA {_schema(worker, alias)} AUTHORIZATION suite_dsql")

    def settings(worker: int, alias: str) -> dict[str, Any]:
        return {
            "ENGINE": "dbauth.dsql",
            "NAME": "postgres",
            "USER": "suite_dsql",
            "HOST": gate.host,
            "PORT": gate.port,
            "OPTIONS": {
                "hostaddr": "127.0.0.1",
                "sslrootcert": str(gate.ca),
                "schema": "suite",
            },
            "TEST": {"NAME": _schema(worker, alias)},
        }

    return Engine("dsql", settings, gate.environment(CREDENTIALS))


def _peer(stack: ExitStack, server: PostgreSQL, _workers: int, **more: Any) -> Engine:
    name = "peer-sequences" if more else "peer"
    database = server.create_database(name)
    gate = stack.enter_context(running_dsql_gate(server, [HOST], database=database))
    gate.control.set_job_seconds(0)

    def settings(worker: int, alias: str) -> dict[str, Any]:
        return {
            "ENGINE": "tests.django_suite.peer",
            "NAME": "postgres",
            "USER": "admin",
            "HOST": gate.host,
            "PORT": gate.port,
            "OPTIONS": {
                "hostaddr": "127.0.0.1",
                "sslmode": "verify-full",
                "sslrootcert": str(gate.ca),
            },
            "TEST": {"NAME": _schema(worker, alias)},
            **more,
        }

    return Engine(name, settings, gate.environment(CREDENTIALS))


def _schema(worker: int, alias: str) -> str:
    return f"suite_{worker}_{alias}"
