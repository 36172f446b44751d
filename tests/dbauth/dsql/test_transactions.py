"""Transactions on DSQL: no savepoints, conflicts that are retried, limits that are kept."""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import threading

import pytest
from django.db import (
    IntegrityError,
    NotSupportedError,
    OperationalError,
    connections,
    transaction,
)
from django.db.backends.postgresql.introspection import DatabaseIntrospection as PostgreSQL
from django.db.models import F

from dbauth.dsql.transactions import BrokenTransactionError
from dbauth.retry import retried
from tests.dbauth.conftest import ask
from tests.dbauth.dsql.conftest import ALIAS, Cluster, forget
from tests.dbauth.dsql.models import Counter, Visit

ATTEMPTS = 6


@pytest.fixture
def tables(cluster: Cluster) -> Cluster:
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Counter)
        editor.create_model(Visit)
    return cluster


def counters():
    return Counter._default_manager.using(ALIAS)


def test_an_inner_atomic_that_fails_does_not_roll_the_outer_one_back_in_silence(tables):
    counters().create(name="a")
    with (  # noqa: PT012 - the end of the block is what raises
        pytest.raises(BrokenTransactionError, match="nothing of it is stored") as caught,
        transaction.atomic(ALIAS),
    ):
        counters().create(name="b")
        with contextlib.suppress(IntegrityError), transaction.atomic(ALIAS):
            counters().create(name="a")
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert [counter.name for counter in counters()] == ["a"]


def test_what_fails_for_a_reason_of_its_own_is_not_half_stored_either(tables):
    with (  # noqa: PT012 - as above
        pytest.raises(BrokenTransactionError),
        transaction.atomic(ALIAS),
        contextlib.suppress(KeyError),
        transaction.atomic(ALIAS),
    ):
        counters().create(name="half")
        raise KeyError
    assert not counters().exists()


def test_queries_after_a_failed_part_say_why(tables):
    with pytest.raises(BrokenTransactionError), transaction.atomic(ALIAS):  # noqa: PT012 - as above
        with contextlib.suppress(KeyError), transaction.atomic(ALIAS):
            raise KeyError
        counters().count()


def test_an_error_that_leaves_the_outer_atomic_is_itself(tables):
    with pytest.raises(KeyError), transaction.atomic(ALIAS), transaction.atomic(ALIAS):
        raise KeyError
    assert counters().count() == 0


def test_who_expects_the_error_that_broke_the_transaction_catches_it(tables):
    counters().create(name="a")
    with pytest.raises(IntegrityError) as caught:
        counters().update_or_create(value=7, defaults={"name": "a"})
    assert isinstance(caught.value, BrokenTransactionError)
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), BrokenTransactionError)  # noqa: S301 - ours


def test_an_error_that_is_none_of_the_databases_is_not_passed_off_as_one(tables):
    with (
        pytest.raises(BrokenTransactionError) as caught,
        transaction.atomic(ALIAS),
        contextlib.suppress(KeyError),
        transaction.atomic(ALIAS),
    ):
        raise KeyError
    assert type(caught.value) is BrokenTransactionError


def test_a_statement_that_failed_breaks_the_transaction_even_if_nothing_follows(tables):
    """PostgreSQL answers such a COMMIT with a ROLLBACK, and the driver reports success."""
    with pytest.raises(IntegrityError), transaction.atomic(ALIAS):  # noqa: PT012 - as above
        counters().create(name="a")
        with contextlib.suppress(IntegrityError), tables.connection.cursor() as cursor:
            cursor.execute("INSERT INTO garage_counter (name, value) VALUES ('a', 1)")
    assert not counters().exists()


@pytest.mark.parametrize("savepoint", [True, False])
def test_a_rollback_is_due_while_the_transaction_is_broken(tables, savepoint):
    """Django's TestCase asks, and checks no constraints then."""
    with transaction.atomic(ALIAS):
        with contextlib.suppress(KeyError), transaction.atomic(ALIAS, savepoint=savepoint):
            raise KeyError
        assert transaction.get_rollback(ALIAS)
        with transaction.atomic(ALIAS):
            pass
        assert transaction.get_rollback(ALIAS)
        transaction.set_rollback(True, ALIAS)
    with transaction.atomic(ALIAS):
        assert not transaction.get_rollback(ALIAS)


def test_a_conflict_that_the_caller_swallowed_is_run_again(tables):
    counters().create(name="a")
    tables.control.set_catalog_conflicts()
    tables.gate.execute("CREATE TABLE public.another (id bigint)")
    attempts = []

    @retried(using=ALIAS)
    def swallowing() -> None:
        attempts.append(1)
        with contextlib.suppress(OperationalError):
            counters().update(value=F("value") + 1)

    swallowing()
    assert len(attempts) == 2
    assert counters().get().value == 1
    tables.gate.execute("DROP TABLE public.another")


def test_a_rollback_that_was_asked_for_is_no_error(tables):
    with transaction.atomic(ALIAS):
        counters().create(name="a")
        transaction.set_rollback(True, using=ALIAS)
    assert not counters().exists()


def test_rolling_back_to_a_savepoint_is_refused_instead_of_ignored(tables):
    with pytest.raises(NotSupportedError, match="no savepoints"), transaction.atomic(ALIAS):
        transaction.savepoint_rollback("nothing", using=ALIAS)


def test_the_orms_own_inner_transactions_work(tables):
    counter, created = counters().get_or_create(name="a")
    again, created_again = counters().get_or_create(name="a")
    assert (created, created_again, again) == (True, False, counter)
    counters().update_or_create(name="a", defaults={"value": 5})
    with transaction.atomic(ALIAS):
        counters().update_or_create(name="b", defaults={"value": 6})
    counters().bulk_create([Counter(name="b"), Counter(name="c")], ignore_conflicts=True)
    assert list(counters().order_by("name").values_list("name", "value")) == [
        ("a", 5),
        ("b", 6),
        ("c", 0),
    ]
    assert tables.refusals() == []


@pytest.mark.parametrize("conflicts", range(ATTEMPTS))
def test_a_transaction_with_injected_conflicts_is_applied_exactly_once(tables, conflicts):
    counters().create(name="a")
    tables.control.fail_commits(conflicts)
    increase = retried(using=ALIAS, attempts=ATTEMPTS)(
        lambda: counters().update(value=F("value") + 1)
    )
    assert increase() == 1
    assert tables.control.faults_left() == 0
    assert counters().get().value == 1


def test_conflicts_at_every_attempt_leave_nothing_behind(tables):
    counters().create(name="a")
    tables.control.fail_commits(ATTEMPTS)
    increase = retried(using=ALIAS, attempts=ATTEMPTS)(
        lambda: counters().update(value=F("value") + 1)
    )
    with pytest.raises(OperationalError, match="OC000"):
        increase()
    assert tables.control.faults_left() == 0
    assert counters().get().value == 0


def test_a_lost_reply_to_commit_is_reported_and_not_repeated(tables):
    counters().create(name="a")
    tables.control.fail_commits(1, "lost-reply")
    with pytest.raises(OperationalError):
        retried(using=ALIAS)(lambda: counters().update(value=F("value") + 1))()
    assert counters().get().value == 1


def test_a_single_statement_survives_conflicts_by_itself(tables):
    tables.control.fail_commits(3)
    counters().create(name="a")
    assert tables.control.faults_left() == 0
    assert counters().get().name == "a"


def test_reads_on_idle_connections_survive_someone_elses_ddl(tables):
    counters().create(name="a")
    tables.control.set_catalog_conflicts()
    tables.gate.execute("CREATE TABLE public.other (id bigint)")
    assert counters().count() == 1
    [refusal] = tables.refusals()
    assert "(OC001)" in refusal
    tables.gate.execute("DROP TABLE public.other")


def test_a_conflict_outlives_the_time_for_it(open_cluster):
    cluster = open_cluster(retry_seconds=0.2)
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Counter)
    cluster.control.fail_commits(1000)
    with pytest.raises(OperationalError, match="OC000"):
        counters().create(name="a")
    cluster.control.reset()
    assert not counters().exists()


def test_twenty_writers_of_one_row_all_get_through(tables):
    counters().create(name="hot")
    errors = []

    @retried(using=ALIAS)
    def increase() -> None:
        counter = counters().get(name="hot")
        counter.value += 1
        counter.save()

    def write() -> None:
        try:
            for _ in range(3):
                increase()
        except Exception as error:  # noqa: BLE001 - any is a failure
            errors.append(error)
        finally:
            forget()

    writers = [threading.Thread(target=write) for _ in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert counters().get().value == 60


def test_keys_are_bigint_and_foreign_keys_as_well_and_nothing_else_is(tables):
    columns = "table_name, column_name, data_type, is_identity"
    assert tables.rows(
        f"SELECT {columns} FROM information_schema.columns WHERE table_schema = 'workshop'"
        " ORDER BY table_name, ordinal_position"
    ) == [
        ("garage_counter", "id", "bigint", "YES"),
        ("garage_counter", "name", "text", "NO"),
        ("garage_counter", "value", "integer", "NO"),
        ("garage_visit", "id", "bigint", "YES"),
        ("garage_visit", "counter_id", "bigint", "NO"),
        ("garage_visit", "address", "text", "NO"),
        ("garage_visit", "number", "smallint", "NO"),
    ]


def test_another_database_in_the_same_process_is_as_it_was(tables, postgresql, settings):
    url = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "HOST": postgresql.host,
        "PORT": postgresql.port,
        "USER": postgresql.user,
        "PASSWORD": postgresql.password,
    }
    other = connections.configure_settings({"default": {}, "other": url})
    connections.settings["other"] = other["other"]
    try:
        with connections["other"].schema_editor(collect_sql=True) as editor:
            editor.create_model(Counter)
            editor.create_model(Visit)
        sql = " ".join(editor.collected_sql)
        assert '"id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY' in sql
        assert '"name" varchar(5) NOT NULL UNIQUE' in sql
        assert '"counter_id" integer NOT NULL' in sql
        assert '"address" inet NULL' in sql
        assert "ASYNC" not in sql
        assert connections["other"].features.uses_savepoints
        assert ask(connections["other"], "SELECT 1") == 1
    finally:
        connections["other"].close()
        del connections["other"]
        del connections.settings["other"]


def test_addresses_are_text_that_can_be_searched(tables):
    counter = counters().create(name="a")
    visits = Visit._default_manager.using(ALIAS)
    visits.create(counter=counter, address="10.0.0.1")
    assert visits.filter(address="10.0.0.1").count() == 1
    assert visits.filter(address__startswith="10.").count() == 1
    assert visits.filter(counter__name__iexact="A").get().address == "10.0.0.1"


def test_iterating_over_many_rows_needs_no_cursor_of_the_server(tables):
    counters().bulk_create(Counter(name=str(number)) for number in range(2500))
    assert sum(1 for _ in counters().iterator(chunk_size=100)) == 2500
    assert tables.refusals() == []


def test_the_dialect_brings_neither_boto3_nor_other_fields(root):
    code = (
        "import sys, dbauth.dsql.base; from django.db.models import AutoField;"
        "print([name for name in ('boto3', 'botocore', 'aurora_dsql_django.base',"
        " 'aurora_dsql_psycopg2') if name in sys.modules], AutoField.rel_db_type.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout == "[] django.db.models.fields\n", done.stderr


def test_indexes_are_recognised_under_the_name_that_dsql_gives_them(tables, monkeypatch):
    """The gate's server calls them btree, as PostgreSQL does; DSQL calls them btree_index."""
    introspection = tables.connection.introspection
    reported = {"some_index": {"columns": ["name"], "index": True, "type": "btree_index"}}
    monkeypatch.setattr(PostgreSQL, "get_constraints", lambda *args: reported)
    assert introspection.get_constraints(None, "garage_counter")["some_index"]["type"] == "idx"
