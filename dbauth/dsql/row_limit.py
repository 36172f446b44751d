"""What to do about a transaction that has become too large for DSQL."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError

from dbauth.sqlstates import sqlstate

T = TypeVar("T")

# The size of a batch, in rows: a third of the 3,000 that DSQL takes in one transaction.
BATCH_ROWS = 1000

TOO_LARGE = "54000"  # program limit exceeded
ADVICE = (
    "Aurora DSQL takes 3,000 rows and 10 MiB a transaction. Django stores all batches of a call in "
    "one; update, delete, create and save of dbauth.bulk commit each batch by itself. "
    'See docs/dsql.md, "More than 3,000 rows".'
)


def explained(
    execute: Callable[..., T], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> T:
    """An execute wrapper of Django's: the server's error, with the remedy."""
    try:
        return execute(sql, params, many, context)
    except OperationalError as error:
        if sqlstate(error) != TOO_LARGE or not str(error).startswith("transaction"):
            raise
        raise OperationalError(f"{str(error).strip()}\n{ADVICE}") from error.__cause__
