"""The extended query protocol is no way around the gate."""

import pytest

from tests.rig.raw_client import RawClient, bind, execute, parse


@pytest.fixture
def client(gate, schema):
    with RawClient(gate) as client:
        assert client.run(parse("SET search_path = trial"), bind(), execute()) == ["SET", "I"]
        client.run(parse("CREATE TABLE cars (id int PRIMARY KEY)"), bind(), execute())
        yield client


def test_parameters_reach_the_server(client):
    insert = [parse("INSERT INTO cars VALUES ($1::int)"), bind("1"), execute()]

    assert client.run(*insert) == ["INSERT 0 1", "I"]
    assert client.run(*insert) == ["23505", "I"]


def test_a_prepared_statement_may_be_used_again(client):
    assert client.run(parse("INSERT INTO cars VALUES ($1::int)", "add")) == ["I"]
    for number in ("1", "2"):
        assert client.run(bind(number, name="add"), execute()) == ["INSERT 0 1", "I"]


@pytest.mark.parametrize(
    "sql", ["TRUNCATE cars", "CREATE TABLE t (id serial)", "CREATE INDEX i ON cars (id)"]
)
def test_a_refused_statement_is_refused_when_it_is_parsed(client, sql):
    [code, status] = client.run(parse(sql), bind(), execute())

    assert (code, status) in {("0A000", "I"), ("42704", "I")}


def test_after_a_refusal_nothing_is_done_until_sync(client):
    insert = [parse("INSERT INTO cars VALUES (1)"), bind(), execute()]

    assert client.run(*insert, parse("TRUNCATE cars"), *insert) == ["INSERT 0 1", "0A000", "I"]
    assert client.run(*insert) == ["INSERT 0 1", "I"]


def test_a_refusal_aborts_the_transaction(client):
    for sql, outcome in [
        ("BEGIN", ["BEGIN", "T"]),
        ("SAVEPOINT s", ["0A000", "E"]),
        ("SELECT 1", ["25P02", "E"]),
        ("ROLLBACK", ["ROLLBACK", "I"]),
    ]:
        assert client.run(parse(sql), bind(), execute()) == outcome


def test_an_injected_conflict_hits_an_autocommit_statement(client, gate):
    insert = [parse("INSERT INTO cars VALUES (1)"), bind(), execute()]
    gate.control.fail_commits(1)

    assert client.run(*insert) == ["40001", "I"]
    assert client.run(*insert) == ["INSERT 0 1", "I"]


def test_an_injected_conflict_hits_a_commit(client, gate):
    gate.control.fail_commits(1)
    client.run(parse("BEGIN"), bind(), execute())
    client.run(parse("INSERT INTO cars VALUES (1)"), bind(), execute())

    assert client.run(parse("COMMIT"), bind(), execute()) == ["40001", "I"]
    assert client.run(parse("SELECT FROM cars"), bind(), execute()) == ["SELECT 0", "I"]


def test_too_many_rows_are_taken_back(client):
    many = "INSERT INTO cars SELECT generate_series(1, 3001)"

    assert client.run(parse(many), bind(), execute()) == ["54000", "I"]
    assert client.run(parse("SELECT FROM cars"), bind(), execute()) == ["SELECT 0", "I"]


def test_an_asynchronous_index_returns_a_job(client):
    index = parse("CREATE INDEX ASYNC i ON cars (id)")

    assert client.run(index, bind(), execute()) == ["CREATE INDEX", "I"]
