"""What a transaction that is too large for DSQL is told to do."""

import psycopg2
import pytest
from django.db import OperationalError

from dbauth.dsql.row_limit import explained

# As Aurora DSQL words them.
ROWS = "transaction row limit exceeded\n"
SIZE = "transaction size limit 10mb exceeded\n"
INDEXES = "more than 24 indexes per table are not allowed\n"


def refused(words: str, code: str) -> OperationalError:
    """An error as Django raises it: the driver's is its cause."""
    error = OperationalError(words)
    error.__cause__ = type("DriverError", (psycopg2.OperationalError,), {"pgcode": code})(words)
    return error


def raised(error: Exception) -> Exception:
    """What becomes of an error of the server's."""

    def execute(*_: object) -> None:
        raise error

    with pytest.raises(OperationalError) as caught:
        explained(execute, "INSERT", [], False, {})
    return caught.value


@pytest.mark.parametrize("words", [ROWS, SIZE])
def test_too_large_a_transaction_is_shown_what_commits_batch_by_batch(words: str) -> None:
    error = refused(words, "54000")
    told = raised(error)
    assert str(told).startswith(words.strip())
    assert "3,000 rows and 10 MiB" in str(told)
    assert "dbauth.bulk" in str(told)
    assert told.__cause__ is error.__cause__  # with the server's code, which others read


@pytest.mark.parametrize(
    ("words", "code"),
    [(INDEXES, "54000"), (ROWS, "54001"), ("change conflicts with another transaction", "40001")],
)
def test_any_other_error_is_raised_as_it_is(words: str, code: str) -> None:
    error = refused(words, code)
    assert raised(error) is error


def test_a_statement_that_succeeds_is_run_once_with_all_it_was_given() -> None:
    calls = []

    def execute(*given: object) -> str:
        calls.append(given)
        return "one row"

    context = {"connection": None}
    assert explained(execute, "INSERT", [1], True, context) == "one row"
    assert calls == [("INSERT", [1], True, context)]
