"""What DSQL goes on doing after a statement has returned: building indexes, validating constraints.

https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-create-index-async.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError

from dbauth.dsql.schema.steps import Step
from dbauth.sqlstates import sqlstate

NAME = r'"(?:[^"]|"")+"'
INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX ASYNC (?P<name>{NAME}) ON")
UNVALIDATED = re.compile(
    rf"ALTER TABLE (?P<table>.+?) ADD CONSTRAINT (?P<name>{NAME}) .* NOT VALID\Z", re.DOTALL
)
VALIDATION = re.compile(rf"ALTER TABLE ASYNC (?P<table>.+?) VALIDATE CONSTRAINT (?P<name>{NAME})\Z")

BUILT = """
    SELECT i.indisvalid, (SELECT j.job_id FROM sys.jobs j WHERE j.object_id = c.oid
        ORDER BY j.start_time DESC LIMIT 1)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid)
"""
UNFINISHED_VALIDATION = """
    SELECT 1 FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_class c ON c.oid = conrelid
    WHERE conname = %s AND NOT convalidated AND pg_catalog.pg_table_is_visible(c.oid)
"""
DUPLICATE_TABLE = "42P07"


@dataclass(frozen=True)
class Job:
    """A job's id and the step that it carries out."""

    id: str
    step: Step


class Jobs:
    """The jobs of one schema editor."""

    def __init__(self, connection: Any, forget: Callable[[Step], None]) -> None:
        """`forget` is called with a step whose job failed."""
        self._connection = connection
        self._forget = forget
        self._running: list[Job] = []

    def start(self, step: Step) -> None:
        """Run a statement that answers with the id of its job."""
        try:
            [(job_id,)] = self._query(step.text)
        except DatabaseError as error:
            # An index that could not be built is left where its run was killed at that moment.
            if sqlstate(error) != DUPLICATE_TABLE or not self._join(step):
                raise
        else:
            self._running.append(Job(job_id, step))

    def wait(self) -> None:
        """Return when all are done; raises DatabaseError for the first that failed.

        They go on at the same time, so waiting for one after the other takes as long as the
        longest.
        """
        while self._running:
            self._finish(self._running.pop(0))

    def ensure(self, step: Step) -> None:
        """Start what a run was perhaps killed before, and wait for nothing yet."""
        if not self._state(step):
            self._query(step.text)

    def go_on(self, step: Step) -> None:
        """Wait for what an earlier run has started, and may have removed again."""
        if INDEX.match(step.text):
            self._join(step)
        elif self._query(UNFINISHED_VALIDATION, _name_of(step.text)):
            self.start(step)

    def _join(self, step: Step) -> bool:
        """Wait for an index that is being built; whether there is one."""
        match self._state(step):
            case [(False, str(job_id))]:
                self._running.append(Job(job_id, step))
                return True
        return False

    def _state(self, step: Step) -> list[tuple[Any, ...]]:
        """Whether the index is built, and its job; no row without an index."""
        return self._query(BUILT, _name_of(step.text))

    def _finish(self, job: Job) -> None:
        succeeded = self._query("CALL sys.wait_for_job(%s)", job.id)
        if succeeded != [(True,)]:
            details = self._query("SELECT details FROM sys.jobs WHERE job_id = %s", job.id)
            self._fail(job, details[0][0] if details else "the job is unknown")

    def _fail(self, job: Job, details: str) -> None:
        self._forget(job.step)
        statement = job.step.text
        if INDEX.match(statement):
            # An index that could not be built stays, and goes on refusing new rows.
            name = self._connection.ops.quote_name(_name_of(statement))
            self._query(f"DROP INDEX IF EXISTS {name}")
            raise IntegrityError(f"{statement} failed, and the index is dropped: {details}")
        raise DatabaseError(f"{statement} failed: {details}")

    def _query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []


def _name_of(statement: str) -> str:
    match = INDEX.match(statement) or VALIDATION.match(statement)
    assert match is not None  # noqa: S101 - the callers have looked
    return match["name"][1:-1].replace('""', '"')
