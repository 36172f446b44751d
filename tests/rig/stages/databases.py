"""Each stage's database, as AWS would have it, and how to sign in to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.rig.dsql_gate import DsqlGate, running_dsql_gate, running_dsql_regions
from tests.rig.front_door import running_front_door
from tests.rig.postgresql import PostgreSQL
from tests.rig.services import AURORA, DSQL, DSQL_PEER, DSQL_SCHEMA, IAM_USER

Manage = Callable[[Mapping[str, str], list[str]], None]
# The variables that lead to a database, one for each region that it is in.
Ways = Sequence[Mapping[str, str]]
MakeDatabase = Callable[[PostgreSQL, Manage], contextlib.AbstractContextManager[Ways]]


@contextlib.contextmanager
def regular(server: PostgreSQL, manage: Manage) -> Iterator[Ways]:
    """PostgreSQL with a password behind verified TLS."""
    server.create_database("car_entities")
    with running_front_door(server, "password", [AURORA]) as door:
        yield [
            {
                "DATABASE_URL": door.url(server.user, "car_entities", server.password),
                **door.environment(door.temporary),
            }
        ]


@contextlib.contextmanager
def dsql(server: PostgreSQL, manage: Manage) -> Iterator[Ways]:
    """A DSQL cluster in one region."""
    with running_dsql_gate(server, [DSQL]) as gate:
        yield _with_user([gate], manage)


@contextlib.contextmanager
def dsql_peered(server: PostgreSQL, manage: Manage) -> Iterator[Ways]:
    """A DSQL cluster that is active in two regions."""
    with running_dsql_regions(server, ([DSQL], [DSQL_PEER])) as gates:
        yield _with_user(gates, manage)


def _with_user(gates: Sequence[DsqlGate], manage: Manage) -> Ways:
    """The ways to a cluster whose user the product's own command makes, as its administrator."""
    ways = [{"DATABASE_URL": gate.url(IAM_USER, schema=DSQL_SCHEMA)} for gate in gates]
    manage(
        ways[0] | gates[0].environment(gates[0].credentials),
        ["create_db_user", "--role-arn", gates[0].temporary.arn],
    )
    return [way | gate.environment(gate.temporary) for way, gate in zip(ways, gates, strict=True)]


DATABASES: dict[str, MakeDatabase] = {"regular": regular, "dsql": dsql}
PEERED: dict[str, MakeDatabase] = {"dsql": dsql_peered}
