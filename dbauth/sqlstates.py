"""The code that a server gives an error."""

from __future__ import annotations

# What the writer of a cluster answers after a failover has made it a reader.
READ_ONLY = "25006"


def sqlstate(error: BaseException | None) -> str | None:
    """The server's code for `error`, None where it was not the server that raised it.

    psycopg2's errors carry the code; Django's, and those that are raised from them, have a cause
    that does. https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    while error is not None:
        if code := getattr(error, "pgcode", None):
            return str(code)
        error = error.__cause__
    return None


def is_read_only(error: BaseException) -> bool:
    """Whether the server accepts no writes; Django raises InternalError for it."""
    return sqlstate(error) == READ_ONLY
