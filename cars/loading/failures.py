"""Why a load ended early, in words that say what is stored and what to do."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from cars.loading.copies import CopyError
from cars.loading.descriptions import describe
from cars.loading.outcome import Counts, InvalidRowsError
from cars.loading.proposals import ColumnsError
from cars.reading import UnreadableError
from dbauth.sqlstates import sqlstate

INTERRUPTED = 130  # what shells report for SIGINT
AGAIN = "Run the same command again to continue: what is stored is skipped."

# What a load may end with before its end.
FAILURES = (
    *(InvalidRowsError, CopyError, UnreadableError, OSError, DatabaseError),
    KeyboardInterrupt,
)


def failure(error: BaseException, name: str, counts: Counts) -> CommandError:
    """One of FAILURES as the command reports it. `name` is the file's."""
    code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    text = f"{name}: {_reason(error)}\nUp to here: {counts}. {_remedy(error)}".rstrip()
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
        case ColumnsError() | CopyError() | UnreadableError(line=None):
            return ""  # the message has it
        case UnreadableError():
            return "Fix the file and run the command again; stored rows are skipped."
        case _:
            return AGAIN


def _lacks_tables(error: BaseException) -> bool:
    """By PostgreSQL's undefined_table and undefined_column, or by SQLite's words."""
    return sqlstate(error) in {"42P01", "42703"} or str(error).startswith(
        ("no such table", "no such column")
    )
