"""Transactions without savepoints: what is half done is never taken for done, nor for undone."""

import functools
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from django.db import DatabaseError, NotSupportedError
from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from dbauth import retry
from dbauth.outcomes import is_conflict

T = TypeVar("T")

# Django's own words, for those who look for them.
NO_MORE_QUERIES = (
    "An error occurred in the current transaction. You can't execute queries until the end of the "
    "'atomic' block. "
)


class BrokenTransactionError(TransactionManagementError):
    """A part of the transaction failed, and nothing can undo that part alone.

    `__cause__` is the error that the part ended with. Where that is one of the database's, this is
    an instance of its class too, so `except IntegrityError` catches it. Nothing of the transaction
    is stored.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return BrokenTransactionError, self.args  # the classes that _also() makes have no address


@functools.cache
def _also(error: type[BaseException]) -> type[BrokenTransactionError]:
    """BrokenTransactionError for who expects `error`, if that is an error of the database's."""
    if not issubclass(error, DatabaseError):
        return BrokenTransactionError
    return type(BrokenTransactionError.__name__, (BrokenTransactionError, error), {})


class TransactionMixin(base.DatabaseWrapper):
    """A database whose inner atomic() blocks stand and fall with the outermost one.

    Without savepoints, Django marks the connection when an inner block fails (needs_rollback), and
    the outermost block then ends with a ROLLBACK and without an error, as if all was stored. Here
    the mark is not there at the end of the outermost block, so that this goes on to its COMMIT and
    fails there.
    """

    # How often something may have been committed; what conflicts is rolled back for certain.
    commits = 0
    _broken_by: BaseException | None = None
    _rollback_wanted = False

    @property
    def needs_rollback(self) -> bool:
        """Whether the open transaction is broken, or a rollback was asked for."""
        # Django leaves in_atomic_block before it asks at the end of the outermost block.
        return self._rollback_wanted or (self.in_atomic_block and self._broken_by is not None)

    @needs_rollback.setter
    def needs_rollback(self, value: bool) -> None:
        self._rollback_wanted = False
        if value:
            # Django sets it while the exception of the failing block is being handled.
            self._broken_by = self._broken_by or sys.exception() or RuntimeError("unknown")
        elif not self.in_atomic_block:
            self._broken_by = None

    def set_rollback(self, rollback: bool) -> None:
        super().set_rollback(rollback)
        self._broken_by = None
        self._rollback_wanted = rollback

    def validate_no_broken_transaction(self) -> None:
        if self._broken_by is not None:
            self._complain(self._broken_by, NO_MORE_QUERIES)
        super().validate_no_broken_transaction()

    def commit(self) -> None:
        if self._broken_by is not None:
            self._complain(self._broken_by)
        self._counted(super().commit)

    def rollback(self) -> None:
        super().rollback()
        self._broken_by = None

    def savepoint_rollback(self, sid: str) -> None:
        raise NotSupportedError(
            "Aurora DSQL has no savepoints, so a part of a transaction cannot be rolled back. "
            "Do that part in a transaction of its own, or roll everything back."
        )

    def run_statement(
        self,
        execute: Callable[..., T],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> T:
        """An execute wrapper of Django's, which runs conflicts again and notices what breaks."""
        run = functools.partial(retry.in_autocommit, execute, sql, params, many, context)
        if not self.in_atomic_block:
            return run() if _is_read(sql) else self._counted(run)
        try:
            return run()
        except DatabaseError as error:
            # PostgreSQL answers a COMMIT with a ROLLBACK then, and the driver does not tell.
            if self._is_aborted():
                self._broken_by = self._broken_by or error
            raise

    def _counted(self, commit: Callable[[], T]) -> T:
        # Before it is sent, since the answer may be lost.
        self.commits += 1
        try:
            return commit()
        except DatabaseError as error:
            self.commits -= is_conflict(error)
            raise

    def _is_aborted(self) -> bool:
        return self.connection is not None and (
            self.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR
        )

    def _complain(self, error: BaseException, consequence: str = "") -> NoReturn:
        raise _also(type(error))(  # type: ignore[arg-type] # mypy: no class of exceptions is hashable
            f"{consequence}A part of this transaction failed ({type(error).__name__}), and Aurora "
            "DSQL has no savepoints to undo that part alone: nothing of it is stored. Let the "
            "error leave the outermost atomic(), or do that part outside of it."
        ) from error


def _is_read(sql: object) -> bool:
    """Whether a statement certainly changes nothing; one that only may is taken for a change."""
    return str(sql).lstrip()[:6].upper() == "SELECT"
