"""Attempts at what is run again: whether a COMMIT of them was sent, and whether it was applied."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from django.db import DatabaseError, InterfaceError, connections, transaction

from dbauth.outcomes import has_lost_a_race, is_aborted, is_conflict, is_lost

T = TypeVar("T")


class Attempt(Generic[T]):
    """An attempt that is one statement; only a conflict proves that it was not committed."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call

    def __call__(self) -> T:
        return self._call()

    def may_repeat(self, error: DatabaseError | InterfaceError) -> bool:
        return is_conflict(error)


class Unit(Attempt[T]):
    """An attempt of which is known whether a COMMIT was sent, and whether it was applied."""

    _second_chances = 1

    def is_sent(self) -> bool:
        raise NotImplementedError

    def is_committed(self) -> bool:
        raise NotImplementedError

    def may_repeat(self, error: DatabaseError | InterfaceError) -> bool:
        if self.is_committed():
            return False
        if is_conflict(error):
            return True
        if self.is_sent() or not (is_lost(error) or has_lost_a_race(error) or is_aborted(error)):
            return False
        # Once: a database that is down is no better off for being asked for 20 seconds.
        self._second_chances -= 1
        return self._second_chances >= 0


class Block(transaction.Atomic):
    """The outermost block of a retried function, as it stands in connection.atomic_blocks."""


class Transaction(Unit[T]):
    """An attempt that is one transaction, in a block of its own."""

    def __init__(self, call: Callable[[], T], using: str) -> None:
        super().__init__(call)
        self._using = using
        self._sent = self._committed = False

    def __call__(self) -> T:
        self._sent = self._committed = False
        with Block(self._using, savepoint=True, durable=False):
            if not _in_test_case(connections[self._using]):
                # The first hook to run: whatever the others raise, the transaction is applied.
                transaction.on_commit(self._note_commit, using=self._using)
            result = self._call()
            self._sent = True
        return result

    def _note_commit(self) -> None:
        self._committed = True

    def is_sent(self) -> bool:
        return self._sent

    def is_committed(self) -> bool:
        return self._committed


class HasCommits(Protocol):
    """A wrapper that counts what may have been committed over it; conflicts are not counted."""

    commits: int
    autocommit: bool
    settings_dict: dict[str, Any]


class Call(Unit[T]):
    """An attempt that opens its transactions by itself."""

    def __init__(self, call: Callable[[], T], connection: HasCommits) -> None:
        super().__init__(call)
        self._connection = connection
        self._before = connection.commits

    def is_sent(self) -> bool:
        # Without autocommit, all of it is part of a transaction that somebody else has begun.
        return self._connection.commits != self._before or not self._connection.autocommit

    is_committed = is_sent


class RemainingRows:
    """Rows of executemany(): who iterates again begins with the row that failed."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = deque(rows)

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows[0]
            # The next row is asked for, so the statement with this one has succeeded.
            self._rows.popleft()


def _in_test_case(connection: Any) -> bool:
    """Whether a block of Django's TestCase is open, inside of which nothing is committed."""
    return any(block._from_testcase for block in connection.atomic_blocks)
