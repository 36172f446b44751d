"""`manage.py create_db_user` on both engines, and its statements through psql's eyes."""

from __future__ import annotations

import pytest

from dbauth.grants import identifier, literal
from tests.dbauth.conftest import RDS_HOST
from tests.dbauth.conftest import entry as settings_entry
from tests.dbauth.site import manage
from tests.rig.dsql_gate import running_dsql_gate
from tests.rig.front_door import running_front_door

STRANGE = 'O\'Neil "the" \\ Ünïcode; DROP 100% :x'
NAMES = ["lambda_dsql_user", STRANGE]


@pytest.fixture(scope="module")
def gate(server):
    with running_dsql_gate(server, database=server.create_database("users")) as gate:
        yield gate


@pytest.fixture(scope="module")
def aurora(server):
    database = server.create_database("aurora users")
    with running_front_door(server, "rds-iam", [RDS_HOST]) as door:
        yield door, database


def create(database: dict, *arguments: str, door=None, **variables: str):
    """The command in a project with that database; the credentials are the door's."""
    credentials = door.environment() if door else {}
    apps = {"EXTRA_APPS": '["dbauth"]'}
    return manage(database, "create_db_user", *arguments, **apps, **credentials, **variables)


def entry(door, user: str, **changes) -> dict:
    options = changes.pop("options", {})
    return settings_entry(door, user, options, **changes)


@pytest.mark.parametrize("name", NAMES)
def test_on_dsql_the_user_can_sign_in_and_make_tables_in_its_schema_alone(gate, name):
    arn = gate.credentials.arn
    schema = f"of {name}"
    database = entry(gate, name, options={"schema": schema})
    for _ in range(2):  # the second time changes nothing
        done = create(database, "--role-arn", arn, door=gate)
        assert done.returncode == 0, done.stderr
    made = manage(database, "migrate", "auth", "--verbosity=0", **gate.environment())
    assert made.returncode == 0, made.stderr
    outside = entry(gate, name, options={"schema": "public"})
    refused = manage(outside, "migrate", "auth", "--verbosity=0", **gate.environment())
    assert "no schema has been selected to create in" in refused.stderr
    mapped = gate.execute("SELECT arn, pg_role_name FROM sys.iam_pg_role_mappings")
    assert mapped.count((arn, name)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_on_aurora_the_user_can_sign_in_and_make_tables(aurora, server, name):
    door, database = aurora
    settings = entry(door, name, NAME=database)
    server.execute('CREATE TABLE IF NOT EXISTS "before" (id integer)', database)
    for _ in range(2):
        done = create(settings, PGPASSWORD=server.password)
        assert done.returncode == 0, done.stderr
        assert server.password not in done.stdout + done.stderr
    server.execute('CREATE TABLE IF NOT EXISTS "after" (id integer)', database)
    made = manage(settings, "migrate", "contenttypes", "--verbosity=0", **door.environment())
    assert made.returncode == 0, made.stderr
    for table in ("before", "after"):
        allowed = f"has_table_privilege({literal(name)}, '{table}', 'INSERT')"
        assert server.execute(f"SELECT {allowed}", database) == [(True,)]
    server.execute("DROP TABLE django_content_type, django_migrations", database)


@pytest.mark.parametrize("name", NAMES)
def test_the_printed_statements_are_what_the_command_runs(aurora, server, name):
    door, database = aurora
    settings = entry(door, name, NAME=database)
    printed = create(settings, "--sql")
    assert printed.returncode == 0, printed.stderr
    lines = printed.stdout.splitlines()
    assert lines[0].endswith("\\gexec")
    # As psql does it: a line that ends with \gexec answers with statements to run.
    for line in lines:
        statement, generates, _ = line.partition("\\gexec")
        for (generated,) in server.execute(statement, database) if generates else [(statement,)]:
            server.execute(generated, database)
    assert server.execute(
        f"SELECT pg_has_role({literal(name)}, 'rds_iam', 'MEMBER')", database
    ) == [(True,)]


def test_on_dsql_the_printed_statements_name_the_role_the_arn_and_the_schema(gate):
    database = entry(gate, "writer", options={"schema": "garage"})
    printed = create(database, "--sql", "--role-arn", "arn:aws:iam::123456789012:role/cars")
    assert printed.stdout.splitlines() == [
        (
            "SELECT 'CREATE ROLE \"writer\" WITH LOGIN' WHERE NOT EXISTS"
            " (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'writer')\\gexec"
        ),
        (
            "SELECT 'AWS IAM GRANT \"writer\" TO ''arn:aws:iam::123456789012:role/cars'''"
            " WHERE NOT EXISTS (SELECT FROM sys.iam_pg_role_mappings WHERE pg_role_name = 'writer'"
            " AND arn = 'arn:aws:iam::123456789012:role/cars')\\gexec"
        ),
        'CREATE SCHEMA IF NOT EXISTS "garage";',
        'GRANT USAGE, CREATE ON SCHEMA "garage" TO "writer";',
    ]


def test_a_wrong_master_password_is_reported_without_it(aurora):
    door, database = aurora
    done = create(entry(door, "app", NAME=database), "--traceback", PGPASSWORD="hunter2")
    assert done.returncode == 1
    assert "password authentication failed" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--role-arn is missing"),
        (("--role-arn", "cars-role"), "--role-arn is 'cars-role'"),
        (("admin", "--role-arn", "arn:aws:iam::123456789012:role/x"), "admin exists"),
        (("x" * 64, "--role-arn", "arn:aws:iam::123456789012:role/x"), "is no name"),
    ],
)
def test_what_is_missing_on_dsql_is_named(gate, arguments, words):
    done = create(entry(gate, "writer", options={"schema": "garage"}), *arguments, door=gate)
    assert done.returncode == 1
    assert words in done.stderr


def test_what_is_missing_on_aurora_is_named(aurora):
    door, database = aurora
    settings = entry(door, "app", NAME=database)
    assert "is the master user" in create(settings, "postgres").stderr
    assert "Set PGPASSWORD" in create(settings).stderr


def test_a_database_with_passwords_is_refused(postgresql):
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    assert 'This command is for "dbauth"' in create(settings).stderr


def test_names_are_quoted_as_the_server_reads_them(server):
    [[name]] = server.execute(f"SELECT {literal(STRANGE)} AS {identifier(STRANGE)}")
    assert name == STRANGE
