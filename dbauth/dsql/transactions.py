"""Transactions without savepoints: what is half done is never taken for done, nor for undone."""

import sys
from typing import NoReturn

from django.db import NotSupportedError
from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError


class BrokenTransactionError(TransactionManagementError):
    """A part of the transaction failed, and nothing can undo that part alone.

    `__cause__` is the error that the part ended with. Nothing of the transaction is stored.
    """


class TransactionMixin(base.DatabaseWrapper):
    """A database whose inner atomic() blocks stand and fall with the outermost one.

    Without savepoints, Django marks the connection when an inner block fails (needs_rollback), and
    the outermost block then ends with a ROLLBACK and without an error, as if all was stored. Here
    that mark is kept apart, so that the outermost block goes on to its COMMIT and fails there.
    """

    _broken_by: BaseException | None = None
    _rollback_wanted = False

    @property
    def needs_rollback(self) -> bool:
        """Whether someone asked for a rollback (transaction.set_rollback)."""
        return self._rollback_wanted

    @needs_rollback.setter
    def needs_rollback(self, value: bool) -> None:
        # Django itself sets it while the exception of the failing block is being handled.
        self._broken_by = sys.exception() or RuntimeError("unknown") if value else None
        self._rollback_wanted = False

    def set_rollback(self, rollback: bool) -> None:
        super().set_rollback(rollback)
        self._broken_by = None
        self._rollback_wanted = rollback

    def validate_no_broken_transaction(self) -> None:
        if self._broken_by is not None:
            self._complain()
        super().validate_no_broken_transaction()

    def commit(self) -> None:
        if self._broken_by is not None:
            self._complain()
        super().commit()

    def savepoint_rollback(self, sid: str) -> None:
        raise NotSupportedError(
            "Aurora DSQL has no savepoints, so a part of a transaction cannot be rolled back. "
            "Do that part in a transaction of its own, or roll everything back."
        )

    def _complain(self) -> NoReturn:
        raise BrokenTransactionError(
            f"A part of this transaction failed ({type(self._broken_by).__name__}), and Aurora "
            "DSQL has no savepoints to undo that part alone: nothing of it is stored. Let the "
            "error leave the outermost atomic(), or do that part outside of it."
        ) from self._broken_by
