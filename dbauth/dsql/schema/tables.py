"""The tables that `migrate` keeps beside Django's own."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError

from dbauth.sqlstates import sqlstate

STEPS = "dbauth_migration_step"
LEASE = "dbauth_migration_lease"
CREATE = {
    STEPS: (
        f'CREATE TABLE IF NOT EXISTS "{STEPS}" ("migration" varchar NOT NULL, '
        '"position" bigint NOT NULL, "statement" varchar NOT NULL, '
        'PRIMARY KEY ("migration", "position"))'
    ),
    LEASE: (
        f'CREATE TABLE IF NOT EXISTS "{LEASE}" ("id" bigint NOT NULL PRIMARY KEY, '
        '"holder" varchar NOT NULL, "since" timestamptz NOT NULL, "ends" timestamptz NOT NULL)'
    ),
}
# What PostgreSQL answers a session that lost the race, in spite of IF NOT EXISTS.
CREATED_MEANWHILE = ("23505", "42P07")


def exist(connection: Any, *names: str) -> bool:
    with connection.cursor() as cursor:
        return set(names) <= set(connection.introspection.table_names(cursor))


def ensure(connection: Any) -> None:
    """Create those that are missing; others may be doing the same."""
    if exist(connection, *CREATE):
        return
    for statement in CREATE.values():
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            if sqlstate(error) not in CREATED_MEANWHILE:
                raise
