"""What tests hold of a gate: the front door's handle with the gate's controls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.rig.front_door.client import FrontDoor, Shared, door_process
from tests.rig.front_door.control_client import Control
from tests.rig.tokens import dsql_token

if TYPE_CHECKING:
    from tests.rig.postgresql import PostgreSQL

CLUSTER = "bntegz2wxyabcdefghijklmnop"
HOST = f"{CLUSTER}.dsql.us-east-1.on.aws"

Fault = Literal["OC000", "OC001", "lost-reply", "lost-commit"]
SetUpFault = Literal["refused", "lost"]


class GateControl(Control):
    """Orders to a running gate, beside those to its door."""

    def age_sessions(self, seconds: float) -> None:
        """Make open sessions and transactions older; DSQL ends them at 60 and at 5 minutes.

        Unlike `set_clock` this leaves the clock alone by which tokens are judged.
        """
        self.order("age_sessions", seconds=seconds)

    def fail_commits(self, count: int, fault: Fault = "OC000") -> None:
        """Let the next `count` commits of transactions that write go wrong, autocommit included.

        OC000 and OC001 roll back and raise 40001. With lost-reply and lost-commit the client sees
        the same end of the connection; the first is applied, the second is not.
        """
        self.order("fail_commits", count=count, fault=fault)

    def fail_set_ups(self, count: int, fault: SetUpFault = "refused") -> None:
        """Let the next `count` statements `SET search_path` go wrong.

        A refused one is XX000 and the connection stays; with a lost one the connection ends.
        """
        self.order("fail_set_ups", count=count, fault=fault)

    def faults_left(self) -> int:
        """How many of the ordered faults have not happened yet."""
        left: int = self.order("faults_left")
        return left

    def set_catalog_conflicts(self, on: bool = True) -> None:
        """Whether a session's first statement after someone else's DDL meets OC001."""
        self.order("set_catalog_conflicts", on=on)

    def set_job_seconds(self, seconds: float) -> None:
        """How long an index build or a validation takes from now on."""
        self.order("set_job_seconds", seconds=seconds)

    def set_round_trip(self, seconds: float) -> None:
        """How long it takes to the other region and back, which each COMMIT waits for."""
        self.order("set_round_trip", seconds=seconds)

    def lose(self, *, silently: bool = True) -> None:
        """Lose this region: nobody hears from it any more, or is turned away at once."""
        self.order("lose", silently=silently)

    def come_back(self) -> None:
        """Let the region answer again; the connections from before are closed."""
        self.order("come_back")

    def refused_statements(self) -> list[dict[str, str]]:
        """The statements refused since the start or the last reset: `sql`, `code`, `message`."""
        refused: list[dict[str, str]] = self.order("refused_statements")
        return refused

    def ddl(self) -> list[str]:
        """The DDL that was let through since the start or the last reset, without ASYNC."""
        statements: list[str] = self.order("ddl")
        return statements


@dataclass
class DsqlGate(FrontDoor):
    """A running gate; its controls know more."""

    control: GateControl

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement as the cluster's administrator; its rows, or an empty list."""
        import psycopg2  # here, because the gate's own process imports this module

        connection = psycopg2.connect(
            host=self.host,
            hostaddr="127.0.0.1",
            port=self.port,
            user="admin",
            password=dsql_token(self.host, "admin", region=self.region),
            dbname="postgres",
            sslmode="verify-full",
            sslrootcert=str(self.ca),
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def add_role(gate: DsqlGate, role: str, schema: str) -> None:
    """A role that either of the rig's IAM identities may use, and a schema that it owns."""
    import psycopg2  # here, as above

    with contextlib.suppress(psycopg2.errors.DuplicateObject):
        gate.execute(f"CREATE ROLE {role} WITH LOGIN")  # roles are the server's, not the database's
    for credentials in (gate.credentials, gate.temporary):
        gate.execute(f"AWS IAM GRANT {role} TO '{credentials.arn}'")
    gate.execute(f"GRANT {role} TO admin")
    gate.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {role}")


@contextlib.contextmanager
def running_dsql_gate(
    postgresql: PostgreSQL,
    hosts: Sequence[str] = (HOST,),
    region: str = "us-east-1",
    database: str = "postgres",
    shared: Shared | None = None,
) -> Iterator[DsqlGate]:
    """A stand-in for an Aurora DSQL cluster, for as long as the block lasts.

    `database` is where the server keeps what clients see as `postgres`; a database of its own
    gives each gate on one server a cluster of its own, roles excepted.
    """
    with (
        door_process(
            "tests.rig.dsql_gate",
            postgresql,
            "dsql",
            hosts,
            region=region,
            database=database,
            shared=shared,
        ) as opened,
        contextlib.closing(GateControl(opened.control_port)) as control,
    ):
        yield DsqlGate("dsql", list(hosts), region, opened.port, opened.ca, control, opened.process)
