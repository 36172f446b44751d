"""Why a load ended early, in words that say what is stored and what to do."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from cars.loading import Counts, InvalidRow
from cars.loading.rejects import describe
from cars.reading import UnreadableError
from dbauth.sqlstates import sqlstate

INTERRUPTED = 130  # what shells report for SIGINT
AGAIN = "Run the same command again to continue: what is stored is skipped."


class InvalidRowsError(Exception):
    """A batch has bad rows, and they were not to be skipped."""

    def __init__(self, rows: list[InvalidRow]) -> None:
        super().__init__(f"{len(rows)} invalid rows")
        self.rows = rows


# What a load may end with before its end.
FAILURES = (InvalidRowsError, UnreadableError, OSError, DatabaseError, KeyboardInterrupt)


def failure(error: BaseException, name: str, counts: Counts) -> CommandError:
    """One of FAILURES as the command reports it. `name` is the file's."""
    code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    text = f"{name}: {_reason(error)}\nUp to here: {counts}. {_remedy(error)}"
    return CommandError(text, returncode=code)


def _reason(error: BaseException) -> str:
    match error:
        case InvalidRowsError():
            return describe(error.rows) + "\nNothing of this batch is stored."
        case DatabaseError() if _lacks_tables(error):
            return f"the database is not migrated: {error}".strip()
        case OperationalError() | InterfaceError():
            return f"the database fails or does not answer: {error}".strip()
        case DatabaseError():
            return f"the database refuses: {error}".strip()
        case KeyboardInterrupt():
            return "interrupted."
        case _:
            return str(error)


def _remedy(error: BaseException) -> str:
    match error:
        case InvalidRowsError():
            return (
                "Fix these rows and run the command again; rows that are stored already are"
                " skipped. Or add --skip-invalid to write the bad rows to a separate file."
            )
        case DatabaseError() if _lacks_tables(error):
            return "Run `manage.py migrate` first, then the same command again."
        case UnreadableError():
            return "Fix the file and run the command again; stored rows are skipped."
        case _:
            return AGAIN


def _lacks_tables(error: BaseException) -> bool:
    """By PostgreSQL's undefined_table and undefined_column, or by SQLite's words."""
    return sqlstate(error) in {"42P01", "42703"} or str(error).startswith(
        ("no such table", "no such column")
    )
