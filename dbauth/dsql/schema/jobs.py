"""What DSQL goes on doing after a statement has returned: building indexes, validating constraints.

https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-create-index-async.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError

NAME = r'"(?:[^"]|"")+"'
INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX ASYNC (?P<name>{NAME}) ON")
UNVALIDATED = re.compile(
    rf"ALTER TABLE (?P<table>.+?) ADD CONSTRAINT (?P<name>{NAME}) .* NOT VALID\Z", re.DOTALL
)
VALIDATION = re.compile(rf"ALTER TABLE ASYNC (?P<table>.+?) VALIDATE CONSTRAINT (?P<name>{NAME})\Z")


@dataclass(frozen=True)
class Job:
    """A job's id and the statement that it carries out."""

    id: str
    statement: str


class Jobs:
    """The jobs of one schema editor."""

    def __init__(self, connection: Any, forget: Callable[[str], None]) -> None:
        """`forget` is called with a statement whose job failed."""
        self._connection = connection
        self._forget = forget
        self._running: list[Job] = []

    def start(self, statement: str) -> None:
        """Run a statement that answers with the id of its job."""
        [(job_id,)] = self._query(statement)
        self._running.append(Job(job_id, statement))

    def wait(self) -> None:
        """Return when all are done; raises DatabaseError for the first that failed.

        They go on at the same time, so waiting for one after the other takes as long as the
        longest.
        """
        while self._running:
            self._finish(self._running.pop(0))

    def build(self, statement: str, *, create: bool) -> None:
        """Go on with an index that an earlier run has perhaps begun to build.

        `create` it where there is none; otherwise the earlier run has removed it again.
        """
        name = _name_of(statement)
        state = self._query(
            "SELECT i.indisvalid, (SELECT j.job_id FROM sys.jobs j WHERE j.object_id = c.oid"
            " ORDER BY j.start_time DESC LIMIT 1)"
            " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid"
            " WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid)",
            name,
        )
        match state:
            case [] if create:
                self.start(statement)
            case [(False, str(job_id))]:
                self._running.append(Job(job_id, statement))

    def _finish(self, job: Job) -> None:
        succeeded = self._query("CALL sys.wait_for_job(%s)", job.id)
        if succeeded != [(True,)]:
            details = self._query("SELECT details FROM sys.jobs WHERE job_id = %s", job.id)
            self._fail(job, details[0][0] if details else "the job is unknown")

    def _fail(self, job: Job, details: str) -> None:
        self._forget(job.statement)
        if INDEX.match(job.statement):
            # An index that could not be built stays, and goes on refusing new rows.
            name = self._connection.ops.quote_name(_name_of(job.statement))
            self._query(f"DROP INDEX IF EXISTS {name}")
            raise IntegrityError(f"{job.statement} failed, and the index is dropped: {details}")
        raise DatabaseError(f"{job.statement} failed: {details}")

    def _query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []


def _name_of(statement: str) -> str:
    match = INDEX.match(statement)
    assert match is not None  # noqa: S101 - the callers have looked
    return match["name"][1:-1].replace('""', '"')
