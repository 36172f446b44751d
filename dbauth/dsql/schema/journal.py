"""Which steps of an unfinished migration have been taken, for the run that finishes it.

DSQL commits each DDL statement by itself, so a migration that is killed stays half done, and Django
begins it again from its first operation. What the schema looks like does not always tell how far
it came (a column was added and then renamed), so a table keeps count: a statement is written down
before it is run. All but the last one have been run, and the next run begins with that one. So
whatever is written down has been done by then, and is left out.

Statements are looked up in their own part of the migration only (an operation, or the deferred
statements), in any order: Django goes through sets, and Python shuffles those.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db.migrations import Migration

from dbauth.dsql.schema import tables
from dbauth.dsql.schema.errors import ChangedMigrationError
from dbauth.dsql.schema.steps import NoJournal, Step

T = TypeVar("T")

TABLE = tables.STEPS
MILESTONE = re.compile(r"-- (operation \d+|deferred statements)(?: \[(\w+)\])?\Z")
LONGEST = 20_000  # characters; DSQL keeps 65,535 bytes
FINISHED = "-- finished"


class Journal(NoJournal):
    """The steps of one migration in one direction ("apply" or "unapply")."""

    def __init__(self, connection: Any, direction: str, migration: Migration) -> None:
        self._connection = connection
        self._name = f"{direction} {migration}"
        self._parts: dict[str, list[Step]] = {}
        self._fingerprints: dict[str, str | None] = {}
        self._part: list[Step] = []
        self._position = 0
        self.last: Step | None = None
        for position, text in self._query(
            f'SELECT "position", "statement" FROM "{TABLE}" WHERE "migration" = %s'
            ' ORDER BY "position"',
            self._name,
        ):
            self._load(Step(text, position, done=True))

    def _load(self, step: Step) -> None:
        if begun := MILESTONE.match(step.text):
            self._part = self._parts[begun[1]] = []
            self._fingerprints[begun[1]] = begun[2]
        else:
            self._part.append(step)
        self._position = step.position or 0
        self.last = step

    def compare(self, fingerprints: Mapping[str, str]) -> None:
        """Raise ChangedMigrationError where an operation is not the one that was carried out.

        `fingerprints` are those of all operations, by milestone. One of which nothing was done yet
        may be replaced.
        """
        for milestone, before in self._fingerprints.items():
            now = fingerprints.get(milestone)
            done = [step.text for step in self._parts[milestone] if _is_deed(step)]
            if before and now != before and done:
                raise ChangedMigrationError(_changed(self._name, milestone, done))

    def reach(self, milestone: str, fingerprint: str = "") -> None:
        if milestone in self._parts:
            self._part = self._parts[milestone]
            return
        self._part = self._parts[milestone] = []
        self.note(Step(f"-- {milestone}" + (f" [{fingerprint}]" if fingerprint else "")))

    def remember(self, question: str, answer: Callable[[], T]) -> T:
        # Django first looks up what it is going to drop and recreate. Half way through, the catalog
        # would no longer say.
        beginning = f"-- {question}: "
        for number, step in enumerate(self._part):
            if step.text.startswith(beginning):
                remembered: T = json.loads(self._part.pop(number).text.removeprefix(beginning))
                return remembered
        fresh = answer()
        self.note(Step(beginning + json.dumps(fresh)))
        return fresh

    def step(self, text: str) -> Step:
        for number, step in enumerate(self._part):
            if step.text == _shortened(text):
                return self._part.pop(number)
        return Step(text)

    def note(self, step: Step) -> None:
        self._position += 1
        step.position = self._position
        self._query(
            f'INSERT INTO "{TABLE}" VALUES (%s, %s, %s)',
            *(self._name, step.position, _shortened(step.text)),
        )

    def forget(self, step: Step) -> None:
        if step in self._part:
            self._part.remove(step)
        self._query(
            f'DELETE FROM "{TABLE}" WHERE "migration" = %s AND "position" = %s',
            *(self._name, step.position),
        )

    def _query(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []


def begun(connection: Any) -> list[tuple[str, str, str]]:
    """Direction, app and name of each migration with a journal; the table has to be there."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT "migration" FROM "{TABLE}" ORDER BY "migration"')
        return [_parsed(name) for (name,) in cursor.fetchall()]


def clear(connection: Any, finished: Iterable[tuple[str, str, str]]) -> None:
    """Delete the journals of migrations that are recorded."""
    with connection.cursor() as cursor:
        for direction, app, name in finished:
            cursor.execute(
                f'DELETE FROM "{TABLE}" WHERE "migration" = %s', [f"{direction} {app}.{name}"]
            )


def _parsed(journal: str) -> tuple[str, str, str]:
    direction, _, migration = journal.partition(" ")
    app, _, name = migration.partition(".")
    return direction, app, name


def _is_deed(step: Step) -> bool:
    """Whether it says that something was done, and not only looked up."""
    return not step.text.startswith("--") or step.text == FINISHED


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:100]}... {hashlib.sha256(text.encode()).hexdigest()}"


def _changed(journal: str, milestone: str, done: list[str]) -> str:
    direction, app, name = _parsed(journal)
    statements = "".join(f"\n    {text}" for text in done)
    return (
        f"{app}.{name} was edited after its {milestone} had been carried out in part, so going on"
        f" ({direction}) would mix the two. Put the operation back as it was, or undo by hand what"
        f" was done of it, and delete that from {TABLE} (migration = '{journal}'):{statements}"
    )
