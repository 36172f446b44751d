"""Transactions, conflicts, limits, jobs and roles behind the gate are Aurora DSQL's."""

import io
import signal
import threading
import time
from contextlib import closing

import psycopg2
import pytest

from tests.rig.conftest import Connect, open_connection
from tests.rig.dsql_gate import DsqlGate, running_dsql_gate
from tests.rig.front_door import CREDENTIALS, TEMPORARY

OC000 = r"change conflicts with another transaction \(OC000\)"
OC001 = r"schema has been updated by another transaction, please retry: \(OC001\)"


@pytest.fixture
def cursor(connect: Connect, schema: str):
    with connect().cursor() as cursor:
        cursor.execute("CREATE TABLE cars (id int PRIMARY KEY, make text)")
        yield cursor


def value(cursor, sql: str):
    cursor.execute(sql)
    return cursor.fetchone()[0]


def status(cursor) -> int:
    return int(cursor.connection.info.transaction_status)


# One transaction


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("CREATE TABLE a ()", "CREATE TABLE b ()", "multiple ddl statements not supported"),
        ("CREATE TABLE a ()", "GRANT SELECT ON cars TO writer", "multiple ddl statements"),
        ("CREATE TABLE a ()", "CREATE INDEX ASYNC i ON cars (make)", "multiple ddl statements"),
        ("CREATE TABLE a ()", "INSERT INTO cars VALUES (1)", "ddl and dml are not supported"),
        ("INSERT INTO cars VALUES (1)", "CREATE TABLE a ()", "ddl and dml are not supported"),
        ("DELETE FROM cars", "DROP TABLE cars", "ddl and dml are not supported"),
    ],
)
@pytest.mark.parametrize("form", ["block", "string"])
def test_a_transaction_holds_one_ddl_statement_or_data(cursor, form, first, second, message):
    if form == "string":
        first, second = "SELECT 1", f"{first}; {second}"
    else:
        cursor.execute("BEGIN")
    cursor.execute(first)
    with pytest.raises(psycopg2.errors.FeatureNotSupported, match=message):
        cursor.execute(second)
    cursor.execute("ROLLBACK")
    assert value(cursor, "SELECT to_regclass('a')") is None


def test_reading_is_free_beside_ddl(cursor):
    cursor.execute("BEGIN; SELECT 1; CREATE TABLE a (); SELECT 1; COMMIT")

    assert value(cursor, "SELECT to_regclass('a')") == "a"


def test_a_refusal_aborts_the_block_and_rollback_ends_it(cursor):
    cursor.execute("BEGIN; INSERT INTO cars VALUES (1)")
    for sql, error in [
        ("TRUNCATE cars", psycopg2.errors.FeatureNotSupported),
        ("TRUNCATE cars", psycopg2.errors.InFailedSqlTransaction),
        ("SELECT 1", psycopg2.errors.InFailedSqlTransaction),
    ]:
        with pytest.raises(error):
            cursor.execute(sql)
    cursor.execute("COMMIT")

    assert cursor.statusmessage == "ROLLBACK"
    assert value(cursor, "SELECT count(*) FROM cars") == 0


def test_a_refusal_outside_a_block_aborts_nothing(cursor):
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        cursor.execute("TRUNCATE cars")

    assert status(cursor) == psycopg2.extensions.TRANSACTION_STATUS_IDLE
    assert value(cursor, "SELECT 1") == 1


def test_a_string_of_several_statements_is_one_transaction(cursor):
    with pytest.raises(psycopg2.errors.UniqueViolation):
        cursor.execute("INSERT INTO cars VALUES (1); INSERT INTO cars VALUES (1)")
    assert value(cursor, "SELECT count(*) FROM cars") == 0

    cursor.execute("INSERT INTO cars VALUES (1); SELECT count(*) FROM cars")
    assert cursor.fetchone() == (1,)


def test_transactions_read_repeatably(cursor, connect):
    cursor.execute("BEGIN")
    assert value(cursor, "SHOW transaction_isolation") == "repeatable read"
    assert value(cursor, "SELECT count(*) FROM cars") == 0
    connect().cursor().execute("INSERT INTO cars VALUES (1)")

    assert value(cursor, "SELECT count(*) FROM cars") == 0


# Limits


@pytest.mark.parametrize("block", [True, False], ids=["block", "autocommit"])
def test_three_thousand_rows_pass_and_one_more_fails(cursor, block):
    begin, end = ("BEGIN", "ROLLBACK") if block else ("SELECT 1", "DELETE FROM cars")
    cursor.execute(begin)
    cursor.execute("INSERT INTO cars SELECT generate_series(1, 3000)")
    cursor.execute(end)
    cursor.execute(begin)
    with pytest.raises(psycopg2.Error, match="transaction row limit exceeded") as error:
        cursor.execute("INSERT INTO cars SELECT generate_series(1, 3001)")
    cursor.execute("ROLLBACK")

    assert error.value.pgcode == "54000"
    assert value(cursor, "SELECT count(*) FROM cars") == 0


def test_rows_add_up_over_a_block(cursor):
    cursor.execute("BEGIN; INSERT INTO cars SELECT generate_series(1, 1500)")
    cursor.execute("UPDATE cars SET make = 'Fiat'")
    with pytest.raises(psycopg2.Error, match="transaction row limit exceeded"):
        cursor.execute("DELETE FROM cars WHERE id = 1")
    cursor.execute("ROLLBACK")


def test_copied_rows_count(cursor):
    def rows(first: int, last: int) -> io.StringIO:
        return io.StringIO("".join(f"{number}\tFiat\n" for number in range(first, last + 1)))

    cursor.copy_expert("COPY cars FROM STDIN", rows(1, 3000))
    with pytest.raises(psycopg2.Error, match="transaction row limit exceeded"):
        cursor.copy_expert("COPY cars FROM STDIN", rows(3001, 6001))

    assert value(cursor, "SELECT count(*) FROM cars") == 3000


def test_ten_mebibytes_are_too_much(cursor):
    cursor.execute("BEGIN")
    cursor.execute("INSERT INTO cars VALUES (1, %s)", ["x" * 9_000_000])
    with pytest.raises(psycopg2.Error, match="transaction size limit 10mb exceeded"):
        cursor.execute("INSERT INTO cars VALUES (2, %s)", ["x" * 2_000_000])
    cursor.execute("ROLLBACK")


@pytest.mark.parametrize("sql", ["SELECT 1", "COMMIT"])
def test_a_transaction_lives_for_five_minutes(cursor, gate, sql):
    cursor.execute("BEGIN; SELECT 1")
    gate.control.set_clock(299)
    cursor.execute("SELECT 1")
    gate.control.set_clock(301)
    with pytest.raises(psycopg2.Error, match="transaction age limit of 300s exceeded"):
        cursor.execute(sql)
    cursor.execute("ROLLBACK")


def test_a_connection_lives_for_an_hour(cursor, gate):
    gate.control.set_clock(3590)
    assert value(cursor, "SELECT 1") == 1
    gate.control.set_clock(3610)

    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")


def test_sessions_can_age_without_their_tokens(cursor, connect, gate):
    cursor.execute("BEGIN; SELECT 1")
    gate.control.age_sessions(301)
    with pytest.raises(psycopg2.Error, match="transaction age limit of 300s exceeded"):
        cursor.execute("SELECT 1")
    gate.control.age_sessions(3300)
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("ROLLBACK")

    assert value(connect().cursor(), "SELECT 1") == 1


# Conflicts


def test_an_injected_conflict_takes_a_block_back_at_commit(cursor, gate):
    gate.control.fail_commits(1)
    cursor.execute("BEGIN; INSERT INTO cars VALUES (1)")
    with pytest.raises(psycopg2.errors.SerializationFailure, match=OC000):
        cursor.execute("COMMIT")

    assert value(cursor, "SELECT count(*) FROM cars") == 0
    assert gate.control.faults_left() == 0


@pytest.mark.parametrize(
    "sql", ["INSERT INTO cars VALUES (1) RETURNING id", "DROP TABLE cars"], ids=["dml", "ddl"]
)
def test_injected_conflicts_take_autocommit_statements_back(cursor, gate, sql):
    gate.control.fail_commits(2, "OC001")
    for _ in range(2):
        with pytest.raises(psycopg2.errors.SerializationFailure, match=OC001):
            cursor.execute(sql)
    assert value(cursor, "SELECT count(*) FROM cars") == 0

    cursor.execute(sql)


def test_reading_meets_no_injected_conflict(cursor, gate):
    gate.control.fail_commits(1)
    cursor.execute("BEGIN; SELECT * FROM cars; COMMIT")

    assert value(cursor, "SELECT 1") == 1
    assert gate.control.faults_left() == 1


@pytest.mark.parametrize(("fault", "rows"), [("lost-reply", 1), ("lost-commit", 0)])
@pytest.mark.parametrize("form", ["{}", "BEGIN; {}; COMMIT"], ids=["autocommit", "block"])
def test_a_lost_connection_does_not_tell_what_became_of_the_commit(
    connect, gate, form, fault, rows
):
    cursor = connect().cursor()
    cursor.execute("CREATE TABLE cars (id int)")
    gate.control.fail_commits(1, fault)
    with pytest.raises(psycopg2.OperationalError) as error:
        cursor.execute(form.format("INSERT INTO cars VALUES (1)"))

    assert error.value.pgcode is None
    assert value(connect().cursor(), "SELECT count(*) FROM cars") == rows


def test_two_writers_of_one_row_conflict(cursor, connect):
    cursor.execute("INSERT INTO cars VALUES (1, '')")
    other = connect().cursor()
    for each in (cursor, other):
        each.execute("BEGIN; SELECT * FROM cars")
    cursor.execute("UPDATE cars SET make = 'first'; COMMIT")
    with pytest.raises(psycopg2.errors.SerializationFailure, match=OC000):
        other.execute("UPDATE cars SET make = 'second'")
    other.execute("ROLLBACK")

    assert value(cursor, "SELECT make FROM cars") == "first"


def test_nobody_waits_forever_for_a_row(cursor, connect):
    cursor.execute("INSERT INTO cars VALUES (1, '')")
    cursor.execute("BEGIN; UPDATE cars SET make = 'first'")
    started = time.monotonic()
    with pytest.raises(psycopg2.errors.SerializationFailure, match=OC000):
        connect().cursor().execute("UPDATE cars SET make = 'second'")

    assert time.monotonic() - started < 60
    cursor.execute("COMMIT")


def test_hot_rows_lose_no_update(cursor, connect):
    cursor.execute("CREATE TABLE counter (hits int)")
    cursor.execute("INSERT INTO counter VALUES (0)")

    def hit(own) -> None:
        for _ in range(5):
            while True:
                try:
                    own.execute("UPDATE counter SET hits = hits + 1")
                    break
                except psycopg2.errors.SerializationFailure:
                    continue

    threads = [threading.Thread(target=hit, args=[connect().cursor()]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert value(cursor, "SELECT hits FROM counter") == 40


def test_a_session_may_learn_of_ddl_by_a_conflict(cursor, connect, gate):
    reader = connect().cursor()
    cursor.execute("CREATE TABLE unnoticed ()")
    assert value(reader, "SELECT 1") == 1

    gate.control.set_catalog_conflicts()
    cursor.execute("CREATE TABLE noticed ()")
    assert value(cursor, "SELECT 1") == 1, "whoever changes the catalog knows it"
    with pytest.raises(psycopg2.errors.SerializationFailure, match=OC001):
        reader.execute("SELECT 1")
    assert value(reader, "SELECT 1") == 1


# Asynchronous jobs


def test_an_index_is_a_job_that_takes_time(cursor, gate):
    gate.control.set_job_seconds(0.4)
    started = time.monotonic()
    job = value(cursor, "CREATE INDEX ASYNC make_index ON cars (make)")
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'make_index'::regclass"
    assert value(cursor, valid) is False
    assert value(cursor, f"SELECT status FROM sys.jobs WHERE job_id = '{job}'") in {
        "submitted",
        "processing",
    }

    assert value(cursor, f"CALL sys.wait_for_job('{job}')") is True
    assert time.monotonic() - started >= 0.4
    assert value(cursor, valid) is True
    cursor.execute("SELECT status, job_type, object_name FROM sys.jobs WHERE job_id = %s", [job])
    assert cursor.fetchone() == ("completed", "INDEX_BUILD", "trial.make_index")


def test_a_unique_index_refuses_duplicates_while_it_is_built(cursor, gate):
    gate.control.set_job_seconds(30)
    cursor.execute("CREATE UNIQUE INDEX ASYNC one_make ON cars (make)")
    cursor.execute("INSERT INTO cars VALUES (1, 'Fiat')")

    with pytest.raises(psycopg2.errors.UniqueViolation, match="one_make"):
        cursor.execute("INSERT INTO cars VALUES (2, 'Fiat')")


def test_a_failed_unique_index_stays_invalid_and_goes_on_refusing(cursor):
    cursor.execute("INSERT INTO cars VALUES (1, 'Fiat'), (2, 'Fiat'), (3, 'Seat')")
    job = value(cursor, "CREATE UNIQUE INDEX ASYNC one_make ON cars (make)")

    assert value(cursor, f"CALL sys.wait_for_job('{job}')") is False
    cursor.execute("SELECT status, details FROM sys.jobs WHERE job_id = %s", [job])
    assert cursor.fetchone() == ("failed", 'could not create unique index "one_make"')
    cursor.execute(
        "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'one_make'::regclass"
    )
    assert cursor.fetchone() == (False, True)
    with pytest.raises(psycopg2.errors.UniqueViolation, match="one_make"):
        cursor.execute("INSERT INTO cars VALUES (4, 'Seat')")
    cursor.execute("DROP INDEX one_make")
    cursor.execute("INSERT INTO cars VALUES (4, 'Seat')")


def test_an_index_that_exists_already_is_no_job(cursor):
    cursor.execute("CREATE INDEX ASYNC i ON cars (make)")

    assert value(cursor, "CREATE INDEX ASYNC IF NOT EXISTS i ON cars (make)") is None
    with pytest.raises(psycopg2.errors.DuplicateTable) as error:
        cursor.execute("CREATE INDEX ASYNC i ON cars (make)")
    assert error.value.diag.context is None


def test_an_index_that_is_rolled_back_is_no_job(cursor):
    cursor.execute("BEGIN")
    job = value(cursor, "CREATE INDEX ASYNC i ON cars (make)")
    cursor.execute("ROLLBACK")

    assert value(cursor, f"SELECT count(*) FROM sys.jobs WHERE job_id = '{job}'") == 0


@pytest.mark.parametrize(("year", "succeeded"), [(2020, True), (1, False)])
def test_a_constraint_is_validated_by_a_job(cursor, year, succeeded):
    cursor.execute("ALTER TABLE cars ADD COLUMN year int")
    cursor.execute("INSERT INTO cars VALUES (1, 'Fiat', %s)", [year])
    cursor.execute("ALTER TABLE cars ADD CONSTRAINT modern CHECK (year > 1885) NOT VALID")
    job = value(cursor, "ALTER TABLE ASYNC cars VALIDATE CONSTRAINT modern")

    assert value(cursor, f"CALL sys.wait_for_job('{job}')") is succeeded
    valid = "SELECT convalidated FROM pg_constraint WHERE conname = 'modern'"
    assert value(cursor, valid) is succeeded


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("CALL sys.wait_for_job('no-such-job')", "22P02"),
        ("SELECT sys.wait_for_job('no-such-job')", "42809"),
        ("ALTER TABLE ASYNC cars VALIDATE CONSTRAINT nothing", "42704"),
        ("CREATE INDEX ASYNC i ON nothing (make)", "42P01"),
        ("CREATE INDEX ASYNC i ON cars (nothing)", "42703"),
    ],
)
def test_wrong_jobs_are_errors(cursor, sql, code):
    with pytest.raises(psycopg2.Error) as error:
        cursor.execute(sql)
    assert error.value.pgcode == code


# Roles


def test_only_admin_uses_public(connect):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="schema public"):
        connect("writer").cursor().execute("CREATE TABLE public.t ()")


def test_a_role_enters_with_a_grant_for_its_signer_only(cursor, connect, gate: DsqlGate):
    cursor.execute("CREATE ROLE clerk LOGIN")
    with pytest.raises(psycopg2.OperationalError, match="access denied"):
        connect("clerk")
    cursor.execute(f"AWS IAM GRANT clerk TO '{CREDENTIALS.arn}'")
    assert value(connect("clerk").cursor(), "SELECT current_user") == "clerk"
    cursor.execute("SELECT arn FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'clerk'")
    assert cursor.fetchall() == [(TEMPORARY.arn,)]

    cursor.execute(f"AWS IAM REVOKE clerk FROM '{CREDENTIALS.arn}'")
    with pytest.raises(psycopg2.OperationalError, match="access denied"):
        connect("clerk")
    cursor.execute("DROP ROLE clerk")
    assert gate.control.statistics().reasons == ["IAM grant", "IAM grant"]


@pytest.mark.parametrize(
    ("user", "sql", "code"),
    [
        ("admin", "AWS IAM GRANT writer TO 'app'", "22023"),
        ("admin", f"AWS IAM GRANT nobody TO '{CREDENTIALS.arn}'", "42704"),
        ("writer", f"AWS IAM GRANT writer TO '{CREDENTIALS.arn}'", "42501"),
    ],
)
def test_wrong_iam_grants_are_errors(connect, user, sql, code):
    with pytest.raises(psycopg2.Error) as error:
        connect(user).cursor().execute(sql)
    assert error.value.pgcode == code


# The connection


def test_two_gates_on_one_server_are_two_clusters(cursor, gate_server):
    gate_server.create_database("second")
    with (
        running_dsql_gate(gate_server, database="second") as second,
        closing(open_connection(second)) as connection,
        connection.cursor() as other,
    ):
        other.execute("CREATE SCHEMA trial")
        other.execute("CREATE TABLE cars (id text)")
        job = value(other, "CREATE INDEX ASYNC i ON cars (id)")
        assert value(other, f"CALL sys.wait_for_job('{job}')") is True

    assert value(cursor, f"SELECT count(*) FROM sys.jobs WHERE job_id = '{job}'") == 0
    gate_server.execute("DROP DATABASE second WITH (FORCE)")


def test_the_gate_survives_its_server(cursor, connect, gate, gate_server):
    gate.control.set_job_seconds(1)
    job = value(cursor, "CREATE INDEX ASYNC i ON cars (make)")
    gate_server.restart(signal.SIGKILL)
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")

    assert value(connect().cursor(), f"CALL sys.wait_for_job('{job}')") is True


def test_a_query_can_be_cancelled_through_the_gate(cursor):
    threading.Timer(0.3, cursor.connection.cancel).start()
    with pytest.raises(psycopg2.errors.QueryCanceled):
        cursor.execute("SELECT pg_sleep(20)")
    assert value(cursor, "SELECT 1") == 1


def test_a_server_that_is_waking_up_says_so(connect, gate):
    gate.control.refuse(1, "waking-up")
    with pytest.raises(psycopg2.OperationalError, match="waking up cluster, please retry later"):
        connect()
    connect()


def test_the_gate_relays_large_results_and_empty_queries(cursor):
    cursor.execute("SELECT repeat('x', 100) FROM generate_series(1, 20000)")
    assert len(cursor.fetchall()) == 20000
    cursor.execute("INSERT INTO cars SELECT n, 'é' FROM generate_series(1, 3) n")
    output = io.StringIO()
    cursor.copy_expert("COPY cars TO STDOUT", output)
    assert output.getvalue().splitlines()[0] == "1\té"
    with pytest.raises(psycopg2.ProgrammingError, match="empty query"):
        cursor.execute("-- nothing")


def test_the_end_of_a_session_at_the_server_reaches_the_client(cursor, connect):
    other = connect().cursor()
    pid = value(other, "SELECT pg_backend_pid()")
    cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(psycopg2.OperationalError):
        value(other, "SELECT 1")


def test_dropped_and_hung_sessions_are_the_doors_affair(cursor, connect, gate):
    other = connect().cursor()
    gate.control.hang()
    answers = []
    asking = threading.Thread(target=lambda: answers.append(value(other, "SELECT 1")))
    asking.start()
    asking.join(0.3)
    assert answers == []
    gate.control.resume()
    asking.join(120)
    assert answers == [1]

    assert gate.control.drop() >= 2
    with closing(connect()) as fresh:
        assert value(fresh.cursor(), "SELECT 1") == 1
    with pytest.raises(psycopg2.OperationalError):
        cursor.execute("SELECT 1")
