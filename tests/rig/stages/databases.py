"""Each stage's database, as AWS would have it, and how to sign in to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from tests.rig.dsql_gate import running_dsql_gate
from tests.rig.front_door import running_front_door
from tests.rig.postgresql import PostgreSQL
from tests.rig.services import AURORA, DSQL, DSQL_SCHEMA, IAM_USER

Manage = Callable[[Mapping[str, str], list[str]], None]
MakeDatabase = Callable[[PostgreSQL, Manage], contextlib.AbstractContextManager[Mapping[str, str]]]


@contextlib.contextmanager
def regular(server: PostgreSQL, manage: Manage) -> Iterator[Mapping[str, str]]:
    """PostgreSQL with a password behind verified TLS: the variables that lead to it."""
    server.create_database("car_entities")
    with running_front_door(server, "password", [AURORA]) as door:
        yield {
            "DATABASE_URL": door.url(server.user, "car_entities", server.password),
            **door.environment(door.temporary),
        }


@contextlib.contextmanager
def dsql(server: PostgreSQL, manage: Manage) -> Iterator[Mapping[str, str]]:
    """A DSQL cluster whose user the product's own command has made, as its administrator."""
    with running_dsql_gate(server, [DSQL]) as gate:
        database = {"DATABASE_URL": gate.url(IAM_USER, schema=DSQL_SCHEMA)}
        manage(
            database | gate.environment(gate.credentials),
            ["create_db_user", "--role-arn", gate.temporary.arn],
        )
        yield database | gate.environment(gate.temporary)


DATABASES: dict[str, MakeDatabase] = {"regular": regular, "dsql": dsql}
