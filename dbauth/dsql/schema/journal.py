"""Which statements of an unfinished migration have been run, for the run that finishes it.

DSQL commits each DDL statement by itself, so a migration that is killed stays half done, and Django
begins it again from its first operation. What the schema looks like does not always tell how far
it came (a column was added and then renamed), so a table keeps count: a statement is written down
before it is run. In the next run all but the last one are known to be done; of the last one the
server's answer tells: it already exists, or it is gone already.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")

TABLE = "dbauth_migration_step"
CREATE = (
    f'CREATE TABLE IF NOT EXISTS "{TABLE}" ("migration" varchar NOT NULL, '
    '"position" bigint NOT NULL, "statement" varchar NOT NULL, '
    'PRIMARY KEY ("migration", "position"))'
)


class Past(Enum):
    """What an earlier run of this migration did with a statement."""

    NOTHING = 0
    PERHAPS = 1
    DONE = 2


class NoJournal:
    """For schema editors outside of migrations: everything happens for the first time."""

    resuming = False

    def reach(self, milestone: str) -> None:
        """Another part of the migration begins."""

    def remember(self, question: str, answer: Callable[[], T]) -> T:
        """The answer that the catalog gave when it was asked for the first time."""
        return answer()

    def past(self, statement: str) -> Past:
        return Past.NOTHING

    def note(self, statement: str) -> None:
        """Write down that the statement is about to be run."""

    def forget(self, statement: str) -> None:
        """The statement came to nothing: the server refused it, or its job failed."""


class Journal(NoJournal):
    """The statements of one migration in one direction."""

    def __init__(self, connection: Any, migration: str) -> None:
        self._connection = connection
        self._migration = migration
        self._query(CREATE)
        # Only one migration is unfinished at a time.
        self._query(f'DELETE FROM "{TABLE}" WHERE "migration" <> %s', migration)
        rows = self._query(
            f'SELECT "position", "statement" FROM "{TABLE}" WHERE "migration" = %s'
            ' ORDER BY "position"',
            migration,
        )
        self._earlier = [statement for _position, statement in rows]
        self._reached = 0
        self._position = rows[-1][0] if rows else 0

    @property
    def resuming(self) -> bool:  # type: ignore[override] # an attribute where it never changes
        """Whether an earlier run came further than this one has so far."""
        return self._reached < len(self._earlier)

    def reach(self, milestone: str) -> None:
        # Statements of the earlier run may be missing in this one, where the code was fixed in
        # between. Milestones come again, and put the two runs side by side.
        if not self._find(f"-- {milestone}"):
            self._reached = len(self._earlier)
            self.note(f"-- {milestone}")

    def remember(self, question: str, answer: Callable[[], T]) -> T:
        # Django first looks up what it is going to drop and recreate. Half way through, the catalog
        # would no longer say.
        beginning = f"-- {question}: "
        for number, entry in enumerate(self._earlier[self._reached :], start=self._reached):
            if entry.startswith(beginning):
                self._reached = number + 1
                remembered: T = json.loads(entry.removeprefix(beginning))
                return remembered
        fresh = answer()
        self.note(beginning + json.dumps(fresh))
        return fresh

    def past(self, statement: str) -> Past:
        if not self._find(statement):
            return Past.NOTHING
        return Past.DONE if self.resuming else Past.PERHAPS

    def _find(self, statement: str) -> bool:
        """Go forward to a statement of the earlier run, if it is there."""
        found = statement in self._earlier[self._reached :]
        if found:
            self._reached = self._earlier.index(statement, self._reached) + 1
        return found

    def note(self, statement: str) -> None:
        self._position += 1
        self._query(
            f'INSERT INTO "{TABLE}" VALUES (%s, %s, %s)',
            *(self._migration, self._position, statement),
        )

    def forget(self, statement: str) -> None:
        self._query(
            f'DELETE FROM "{TABLE}" WHERE "migration" = %s AND "statement" = %s',
            *(self._migration, statement),
        )

    @staticmethod
    def clear(connection: Any) -> None:
        """All migrations are finished and recorded."""
        with connection.cursor() as cursor:
            if TABLE in connection.introspection.table_names(cursor):
                cursor.execute(f'DELETE FROM "{TABLE}"')

    def _query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []
