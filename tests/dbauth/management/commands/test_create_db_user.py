"""`manage.py create_db_user` on both engines, and its statements through psql's eyes."""

from __future__ import annotations

import json
import socketserver
import threading

import boto3
import psycopg2
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


def test_without_ddl_the_user_has_the_rows_of_the_owners_tables_and_nothing_else(aurora, server):
    door, database = aurora
    settings = entry(door, "rows_only", NAME=database)
    # One who could make tables until now, and owns none.
    assert create(settings, PGPASSWORD=server.password).returncode == 0
    server.execute("CREATE TABLE old (id integer)", database)
    for _ in range(2):
        done = create(settings, "--no-ddl", PGPASSWORD=server.password)
        assert done.returncode == 0, done.stderr
    server.execute("CREATE TABLE new (id serial)", database)
    for table in ("old", "new"):
        privileges = "SELECT has_table_privilege('rows_only', '{}', '{}')"
        for privilege, expected in {"INSERT": True, "DELETE": True, "TRUNCATE": False}.items():
            asked = privileges.format(table, privilege)
            assert server.execute(asked, database) == [(expected,)], (table, privilege)
    asked = "SELECT has_sequence_privilege('rows_only', 'new_id_seq', 'USAGE')"
    assert server.execute(asked, database) == [(True,)]
    refused = manage(settings, "migrate", "contenttypes", "--verbosity=0", **door.environment())
    assert "permission denied for schema public" in refused.stderr


@pytest.fixture(scope="module")
def secret():
    """A secret of Secrets Manager, as Terraform makes it: the way to AWS, and how to read it."""
    from moto.server import ThreadedMotoServer  # why here: tests/terraform/aws.py

    aws = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws.start()
    host, port = aws.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.Session("testing", "testing", region_name="us-east-1").client(
        "secretsmanager", endpoint_url=url
    )
    client.create_secret(Name="cars-proxy/lambda_user")

    def read() -> dict[str, str]:
        value = client.get_secret_value(SecretId="cars-proxy/lambda_user")["SecretString"]
        return dict(json.loads(value))

    yield {"AWS_ENDPOINT_URL": url}, read
    aws.stop()


def can_log_in(server, database: str, user: str, password: str) -> bool:
    try:
        psycopg2.connect(
            host=server.host, port=server.port, user=user, password=password, dbname=database
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_a_password_for_a_proxy_is_made_and_renewed_without_being_seen(aurora, server, secret):
    door, database = aurora
    variables, read = secret
    settings = entry(door, "lambda_user", NAME=database)
    # With tokens until now: RDS would take no password from a member of rds_iam.
    assert create(settings, PGPASSWORD=server.password).returncode == 0
    seen = []
    for _ in range(2):
        done = create(
            *(settings, "--secret-id", "cars-proxy/lambda_user"),
            door=door,
            PGPASSWORD=server.password,
            **variables,
        )
        assert done.returncode == 0, done.stderr
        assert read()["username"] == "lambda_user"
        seen.append(read()["password"])
        assert seen[-1] not in done.stdout + done.stderr
        assert can_log_in(server, database, "lambda_user", seen[-1])
    assert not can_log_in(server, database, "lambda_user", seen[0])
    asked = "SELECT pg_has_role('lambda_user', 'rds_iam', 'MEMBER')"
    assert server.execute(asked, database) == [(False,)]


def test_a_secret_that_is_not_there_leaves_the_password_as_it_was(aurora, server, secret):
    door, database = aurora
    variables, _ = secret
    settings = entry(door, "steady", NAME=database)
    server.execute("CREATE ROLE steady LOGIN PASSWORD 'as-it-was'")
    done = create(
        *(settings, "--secret-id", "nowhere"),
        door=door,
        PGPASSWORD=server.password,
        **variables,
    )
    assert done.returncode == 1
    assert "No new password" in done.stderr
    assert "can't find the specified secret" in done.stderr
    assert can_log_in(server, database, "steady", "as-it-was")


class HangsUp(socketserver.BaseRequestHandler):
    """An AWS of which nobody knows what it did."""

    def handle(self) -> None:
        self.request.recv(65536)


def test_a_secret_of_which_nobody_knows_whether_it_was_put_is_said_to_be_one(aurora, server):
    door, database = aurora
    server.execute("CREATE ROLE unheard LOGIN PASSWORD 'as-it-was'")
    with socketserver.TCPServer(("127.0.0.1", 0), HangsUp) as aws:
        thread = threading.Thread(target=aws.serve_forever)
        thread.start()
        done = create(
            *(entry(door, "unheard", NAME=database), "--secret-id", "somewhere"),
            door=door,
            PGPASSWORD=server.password,
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{aws.server_address[1]}",
            AWS_MAX_ATTEMPTS="1",
        )
        aws.shutdown()
        thread.join()
    assert done.returncode == 1
    assert "may have a password that the database has not for unheard" in done.stderr
    assert can_log_in(server, database, "unheard", "as-it-was")


def test_a_commit_that_fails_after_the_secret_was_put_is_said_and_healed_by_another(
    aurora, server, secret, monkeypatch
):
    from moto.secretsmanager.models import SecretsManagerBackend

    door, database = aurora
    variables, read = secret
    settings = entry(door, "halfway", NAME=database)
    put = SecretsManagerBackend.put_secret_value

    def put_and_cut_off(*args, **kwargs):
        done = put(*args, **kwargs)
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE state = 'idle in transaction' AND query LIKE 'ALTER USER%halfway%'"
        )
        return done

    def renewed():
        return create(
            *(settings, "--secret-id", "cars-proxy/lambda_user"),
            door=door,
            PGPASSWORD=server.password,
            **variables,
        )

    with monkeypatch.context() as patch:
        patch.setattr(SecretsManagerBackend, "put_secret_value", put_and_cut_off)
        done = renewed()
    password = read()["password"]
    assert done.returncode == 1
    assert "may have a password that the database has not for halfway" in done.stderr
    assert password not in done.stdout + done.stderr
    assert not can_log_in(server, database, "halfway", password)
    assert renewed().returncode == 0
    assert can_log_in(server, database, "halfway", read()["password"])


@pytest.mark.parametrize("option", [("--no-ddl",), ("--secret-id", "x")])
def test_what_aurora_dsql_does_not_have_is_refused_there(gate, option):
    done = create(entry(gate, "writer", options={"schema": "garage"}), *option, door=gate)
    assert f"{option[0]} is for Aurora PostgreSQL" in done.stderr
