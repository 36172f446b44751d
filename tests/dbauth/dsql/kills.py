"""Processes that are killed in the middle of `migrate`, without starting any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command

from tests.dbauth.dsql.conftest import ALIAS, Cluster

READS = re.compile(r"\s*(SELECT|SET|CALL)\b")
# Who may migrate is for schema/test_lease.py.
LEASE = r'\s*(INSERT INTO|UPDATE|DELETE FROM) "dbauth_migration_lease"'
ACQUIRE = re.compile(r'\s*INSERT INTO "dbauth_migration_lease"')
READS_AND_LEASE = re.compile(f"{READS.pattern}|{LEASE}")

# What each run begins with, whether it gets further or not; and bulk_create(), whose transaction a
# kill undoes.
REPEATED = (
    "CREATE TABLE IF NOT EXISTS",
    'INSERT INTO "(django_content_type|auth_permission)"',
)
NO_PROGRESS = re.compile("|".join([READS_AND_LEASE.pattern, *REPEATED]))


class KilledError(BaseException):
    """The process ends here."""


def migrate(*arguments: str) -> None:
    call_command("migrate", *arguments, database=ALIAS, verbosity=0)


@contextmanager
def killed_after(
    cluster: Cluster, statements: int, ignored: re.Pattern[str] = READS
) -> Iterator[list[str]]:
    """Kill whatever runs in the block after so many statements, the ignored ones not counted.

    `ignored` is matched with a statement and its parameters.

    Nothing more is sent then, so it is also what a kill before the next statement leaves.
    """
    done: list[str] = []
    holders: list[str] = []

    def count(execute, sql, params, many, context):
        if ACQUIRE.match(sql):
            holders.append(params[0])
        if len(done) == statements > 0:
            raise KilledError
        result = execute(sql, params, many, context)
        if not ignored.match(f"{sql} {params}"):
            done.append(f"{sql} {params}")
            if len(done) == statements:
                raise KilledError
        return result

    connection = cluster.connection
    try:
        # Innermost, so that it sees every attempt.
        connection.execute_wrappers.append(count)
        yield done
    except KilledError:
        for holder in holders:
            cluster.end_lease(holder)
    finally:
        connection.execute_wrappers.remove(count)


def again(cluster: Cluster) -> None:
    """Begin again with the small migration, where starting with an empty schema takes longer."""
    cluster.rows(
        "DROP TABLE IF EXISTS garage_plot;"
        " DELETE FROM django_migrations WHERE app = 'garage'; DELETE FROM dbauth_migration_step"
    )


def outcome(cluster: Cluster) -> tuple:
    """All that the small migration leaves."""
    rows = cluster.rows(
        "SELECT 'plot', size::text FROM garage_plot"
        " UNION ALL SELECT 'migration', name FROM django_migrations WHERE app = 'garage'"
        " UNION ALL SELECT 'step', statement FROM dbauth_migration_step"
    )
    return [row for row in cluster.catalog() if "garage" in row[1]], rows


def kill_until_it_gets_there(writes: int, cluster: Cluster, *arguments: str) -> int:
    """Kill each run after so many writes, which is more than any transaction has; how many runs."""
    for kills in range(200):
        with killed_after(cluster, writes, NO_PROGRESS) as done:
            migrate(*arguments)
        if len(done) < writes:
            return kills
    raise AssertionError("it gets nowhere")
