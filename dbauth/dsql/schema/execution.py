"""How a schema editor's statements are run: each once, however often the migration is begun."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from aurora_dsql_django import schema
from django.db import DatabaseError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.transaction import TransactionManagementError

from dbauth.dsql.schema.effects import was_done_before
from dbauth.dsql.schema.jobs import INDEX, UNVALIDATED, VALIDATION, Jobs
from dbauth.dsql.schema.steps import NoJournal, Step
from dbauth.dsql.schema.texts import changes_nothing
from dbauth.retry import retried
from dbauth.sqlstates import sqlstate

logger = logging.getLogger("django.db.backends.schema")

NOT_VALID = " NOT VALID"
SYNCHRONOUS_VALIDATION = re.compile(r"\AALTER TABLE (?!ASYNC )(?=.+ VALIDATE CONSTRAINT )")
DDL = re.compile(r"\s*(ALTER|AWS|COMMENT|CREATE|DROP|GRANT|REVOKE|TRUNCATE)\b", re.IGNORECASE)
DATA = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


class ExecutionMixin(schema.DatabaseSchemaEditor):
    """Runs statements, and waits for what they have set going."""

    journal: NoJournal = NoJournal()
    sql_validate: ClassVar[str] = "ALTER TABLE ASYNC %(table)s VALIDATE CONSTRAINT %(name)s"

    def __enter__(self) -> Any:
        self._jobs = Jobs(self.connection, self._forget)
        self._ending = False
        return super().__enter__()

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        self._ending = True
        if exc_type is None and not self.collect_sql:
            self.journal.reach("deferred statements")
        super().__exit__(exc_type, exc_value, traceback)
        if exc_type is None and not self.collect_sql:
            self._jobs.wait()
        elif self.collect_sql and any(" ASYNC " in line for line in self.collected_sql):
            self.collected_sql.append("-- Here all jobs that are not done yet are waited for.")

    def follow(self, journal: Any) -> None:
        """Keep this journal, and finish what its last run was killed in the middle of."""
        self.journal = journal
        last = journal.last
        if last is None or last.text.startswith("--") or DATA.match(last.text):
            return  # said or done in one transaction with what it says
        try:
            if INDEX.match(last.text):
                self._jobs.ensure(last)
            elif not VALIDATION.match(last.text):
                self._query(last.text)
        except DatabaseError as error:
            if sqlstate(error) is None:
                raise
            if not was_done_before(last.text, error):
                # The migration comes to it again, and says what is wrong.
                journal.forget(last)

    def wait_unless_deferred(self) -> None:
        """A migration without deferred statements is recorded after this, so nothing may fail."""
        if not self.deferred_sql:
            self._jobs.wait()

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Run a statement; a constraint that is added without a look at the rows is validated."""
        text = str(sql)
        if params is not None:
            text = self.connection.ops.compose_sql(text, params)
        if not self.collect_sql and changes_nothing(text, self.connection):
            return
        if text.endswith(NOT_VALID * 2):
            # AddConstraintNotValid adds what every constraint here has; who wants that waits.
            self._run(text.removesuffix(NOT_VALID))
            return
        self._run(SYNCHRONOUS_VALIDATION.sub("ALTER TABLE ASYNC ", text))
        if added := UNVALIDATED.match(text):
            self._run(self.sql_validate % added.groupdict())

    def _defer_fk_validation(self, model: Any, field: Any, suffix: str) -> None:
        """Nothing: `execute` validates constraints of every kind as they are added."""

    def _run(self, statement: str) -> None:
        if self.collect_sql:
            self._collect(statement)
            return
        logger.debug("%s; (params %r)", statement, None, extra={"params": None, "sql": statement})
        if self.connection.in_atomic_block:
            self._run_inside(statement)
            return
        step = self.journal.step(statement)
        if INDEX.match(statement) or VALIDATION.match(statement):
            self._start(step)
        elif step.done:
            return
        elif DATA.match(statement):
            # Noted in one transaction with it, so what is noted is done.
            retried(using=self.connection.alias)(self._noted)(step)
        else:
            self._noted(step)

    def _collect(self, statement: str) -> None:
        # Not the dialect's, which executes what it should collect.
        BaseDatabaseSchemaEditor.execute(self, statement, None)
        if (INDEX.match(statement) or VALIDATION.match(statement)) and self._is_awaited(statement):
            self.collected_sql.append("-- Here its job is waited for: CALL sys.wait_for_job(...)")

    def _is_awaited(self, statement: str) -> bool:
        """Whether a job has to be done before the next statement."""
        # The operations that follow may rely on it. At the end of a migration none does, and all
        # jobs go on at the same time.
        return not self._ending and not statement.startswith("CREATE INDEX")

    def _run_inside(self, statement: str) -> None:
        """A statement of a RunPython that is one transaction, as they are unless told otherwise."""
        if DDL.match(statement):
            raise TransactionManagementError(
                # Django's own words, and what to do about it here.
                "Executing DDL statements while in a transaction on databases that can't perform a "
                f"rollback is prohibited. {statement[:100]!r} is DDL, and on Aurora DSQL that is a "
                "transaction of its own. Give the operation atomic=False: "
                "RunPython(..., atomic=False)."
            )
        self._query(statement)

    def _start(self, step: Step) -> None:
        """A statement that goes on by itself, so having been run does not say how it ended."""
        awaited = self._is_awaited(step.text)
        if step.done:
            self._jobs.go_on(step)
        else:
            self.journal.note(step)
            with self._forgetting(step):
                self._jobs.start(step)
        if awaited:
            self._jobs.wait()

    def _forget(self, step: Step) -> None:
        self.journal.forget(step)  # which may be another journal than at the start

    def _noted(self, step: Step) -> None:
        self.journal.note(step)
        with self._forgetting(step):
            self._query(step.text)

    @contextlib.contextmanager
    def _forgetting(self, step: Step) -> Iterator[None]:
        """Take the note back if the server refuses the statement."""
        try:
            yield
        except DatabaseError as error:
            # A refusal has a code. Without one the connection is gone, and nobody knows.
            if sqlstate(error) and not self.connection.in_atomic_block:
                self.journal.forget(step)
            raise

    def _query(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
