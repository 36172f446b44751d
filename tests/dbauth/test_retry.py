"""Retries: whole transactions, only after errors that prove that nothing was committed."""

from __future__ import annotations

import concurrent.futures
import contextvars

import psycopg2
import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.transaction import TransactionManagementError

from dbauth import retry
from dbauth.deadline import time_limit
from dbauth.outcomes import is_conflict
from dbauth.retry import retried

CONFLICT = psycopg2.errors.SerializationFailure


@pytest.fixture
def database(tmp_path):
    """An ordinary database: what is retried has nothing to do with the engine."""
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    connections.settings["plain"] = connections.configure_settings(
        {"default": {}, "plain": settings}
    )["plain"]
    with connections["plain"].cursor() as cursor:
        cursor.execute("CREATE TABLE t (n integer UNIQUE)")
    yield connections["plain"]
    connections["plain"].close()
    del connections["plain"]
    del connections.settings["plain"]


def conflict(code: str | None = "40001") -> OperationalError:
    """An error as Django raises it: the driver's is its cause."""
    error = OperationalError("change conflicts with another transaction (OC000)")
    error.__cause__ = type("DriverError", (psycopg2.OperationalError,), {"pgcode": code})()
    return error


def failing(times: int, error: Exception, database):
    """A function that inserts a row, and fails so many times after that."""
    calls = []

    def insert(number: int) -> int:
        with database.cursor() as cursor:
            cursor.execute("INSERT INTO t VALUES (%s)", [number])
        calls.append(number)
        if len(calls) <= times:
            raise error
        return number

    return insert, calls


def stored(database) -> list[int]:
    with database.cursor() as cursor:
        return [n for (n,) in cursor.execute("SELECT n FROM t").fetchall()]


@pytest.mark.parametrize("failures", range(5))
def test_a_conflict_is_retried_until_the_transaction_is_applied_exactly_once(database, failures):
    insert, calls = failing(failures, conflict(), database)
    assert retried(using="plain", attempts=5)(insert)(7) == 7
    assert len(calls) == failures + 1
    assert stored(database) == [7]


def test_when_attempts_run_out_the_last_error_is_raised_and_nothing_is_applied(database):
    insert, calls = failing(5, conflict(), database)
    with pytest.raises(OperationalError, match="OC000"):
        retried(using="plain", attempts=5)(insert)(7)
    assert len(calls) == 5
    assert stored(database) == []


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_deadlocks_and_serialization_failures_are_conflicts(code):
    assert is_conflict(conflict(code))


@pytest.mark.parametrize("code", ["23505", "54000", "42P01", "0A000"])
def test_other_errors_are_raised_at_once(database, code):
    insert, calls = failing(1, conflict(code), database)
    with pytest.raises(OperationalError):
        retried(using="plain")(insert)(7)
    assert len(calls) == 1


@pytest.mark.parametrize("code", [None, "57P01"])
def test_a_connection_that_is_lost_before_commit_gets_one_more_try(database, code):
    insert, calls = failing(1, conflict(code), database)
    assert retried(using="plain")(insert)(7) == 7
    assert len(calls) == 2
    insert, calls = failing(2, conflict(code), database)
    with pytest.raises(OperationalError):
        retried(using="plain")(insert)(8)
    assert len(calls) == 2


def test_a_connection_that_is_lost_at_commit_is_never_retried(database, monkeypatch):
    insert, calls = failing(0, conflict(), database)

    def lose_the_reply() -> None:
        raise conflict(None)

    monkeypatch.setattr(database, "_commit", lose_the_reply)
    with pytest.raises(OperationalError):
        retried(using="plain")(insert)(7)
    assert len(calls) == 1


def test_nothing_is_run_again_after_a_commit_whatever_its_hooks_raise(database):
    insert, calls = failing(0, conflict(), database)

    def fail() -> None:
        raise conflict()

    def with_hook(number: int) -> None:
        insert(number)
        transaction.on_commit(fail, using="plain")

    with pytest.raises(OperationalError, match="OC000"):
        retried(using="plain")(with_hook)(7)
    assert len(calls) == 1
    assert stored(database) == [7]


def test_a_retried_function_in_a_hook_of_a_commit_is_a_transaction_of_its_own(database):
    failed, _ = failing(1, ValueError(), database)
    repeated, calls = failing(2, conflict(), database)

    def hook() -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - ours
            retried(using="plain")(failed)(1)
        retried(using="plain")(repeated)(2)

    @retried(using="plain")
    def outer() -> None:
        transaction.on_commit(hook, using="plain")

    outer()
    assert len(calls) == 3
    assert stored(database) == [2]


def test_a_retried_function_in_another_thread_is_a_transaction_of_its_own(database):
    """asyncio and asgiref hand the context on to threads, which have connections of their own."""
    calls = []

    @retried(using="plain")
    def insert() -> None:
        calls.append(1)
        with connections["plain"].cursor() as cursor:
            cursor.execute("INSERT INTO t VALUES (7)")
        if len(calls) == 1:
            raise conflict()

    def in_thread() -> None:
        try:
            insert()
        finally:
            connections["plain"].close()

    @retried(using="plain")
    def outer() -> None:
        context = contextvars.copy_context()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(context.run, in_thread).result()

    outer()
    assert len(calls) == 2
    assert stored(database) == [7]


def test_a_conflict_that_was_caught_inside_is_retried(database):
    attempts = []

    @retried(using="plain")
    def swallowing() -> None:
        attempts.append(1)
        if len(attempts) < 4:
            raise TransactionManagementError("broken") from conflict()

    swallowing()
    assert len(attempts) == 4


def test_a_transaction_that_an_unknown_error_has_aborted_gets_one_more_try(database):
    insert, calls = failing(1, conflict("25P02"), database)
    assert retried(using="plain")(insert)(7) == 7
    insert, calls = failing(2, conflict("25P02"), database)
    with pytest.raises(OperationalError):
        retried(using="plain")(insert)(8)
    assert len(calls) == 2


def test_a_conflict_at_commit_is_retried(database, monkeypatch):
    insert, calls = failing(0, conflict(), database)
    commit, failures = database._commit, [conflict(), conflict()]

    def fail_twice() -> None:
        if failures:
            raise failures.pop()
        commit()

    monkeypatch.setattr(database, "_commit", fail_twice)
    assert retried(using="plain")(insert)(7) == 7
    assert len(calls) == 3
    assert stored(database) == [7]


def test_time_runs_out_before_attempts_do(database):
    insert, calls = failing(10_000, conflict(), database)
    with pytest.raises(OperationalError):
        retried(using="plain", seconds=0.3)(insert)(7)
    assert 1 < len(calls) < 10_000


def test_lambdas_remaining_time_is_a_limit_too(database):
    insert, calls = failing(10_000, conflict(), database)
    with time_limit(0.2), pytest.raises(OperationalError):
        retried(using="plain")(insert)(7)
    assert 0 < len(calls) < 10_000


def test_pauses_are_chosen_between_zero_and_a_limit_that_doubles(database):
    chosen = [list(retry.pauses(database, seconds=60, attempts=8)) for _ in range(300)]
    limits = [0.05, 0.1, 0.2, 0.4, 0.8, 1, 1]
    for number, limit in enumerate(limits):
        pauses = [each[number] for each in chosen]
        assert max(pauses) <= limit
        assert max(pauses) > 0.9 * limit
        assert min(pauses) < 0.1 * limit


def test_inside_a_foreign_atomic_it_refuses(database):
    insert, calls = failing(0, conflict(), database)
    with (
        transaction.atomic("plain"),
        pytest.raises(TransactionManagementError, match="outermost atomic"),
    ):
        retried(using="plain")(insert)(7)
    assert calls == []


def test_in_a_foreign_atomic_of_a_hook_it_refuses_as_in_any_other(database):
    """The retried function whose hook this is has ended: what is open here is not its block."""
    insert, calls = failing(0, conflict(), database)

    def hook() -> None:
        with transaction.atomic("plain"):
            retried(using="plain")(insert)(7)

    @retried(using="plain")
    def outer() -> None:
        transaction.on_commit(hook, using="plain")

    with pytest.raises(TransactionManagementError, match="outermost atomic"):
        outer()
    assert calls == []


def test_where_it_may_join_it_is_part_of_a_foreign_atomic_and_leaves_conflicts_to_it(database):
    insert, calls = failing(1, conflict(), database)
    with pytest.raises(OperationalError, match="OC000"), transaction.atomic("plain"):
        retried(using="plain", joins=True)(insert)(7)
    assert len(calls) == 1
    assert stored(database) == []


def test_inside_another_retried_function_it_is_part_of_that(database):
    insert, calls = failing(2, conflict(), database)
    both = retried(using="plain")(lambda: retried(using="plain", attempts=1)(insert)(7))
    assert both() == 7
    assert len(calls) == 3
    assert stored(database) == [7]


def test_a_race_that_get_or_create_lost_is_run_again_once(database):
    calls = []

    def create() -> None:
        calls.append(1)
        try:
            with transaction.atomic("plain", savepoint=False):
                raise IntegrityError("duplicate key")  # noqa: TRY301 - as the database does
        except IntegrityError as error:
            database.rollback_exc = error
        with database.cursor() as cursor:
            cursor.execute("SELECT 1")

    with pytest.raises(TransactionManagementError):
        retried(using="plain")(create)()
    assert len(calls) == 2


def test_a_decorated_function_keeps_its_name_and_arguments(database):
    @retried(using="plain")
    def move(car: str, *, to: str) -> tuple[str, str]:
        """Move it."""
        return car, to

    assert (move.__name__, move.__doc__) == ("move", "Move it.")
    assert move("a", to="b") == ("a", "b")
