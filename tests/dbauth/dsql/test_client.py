"""dbshell on DSQL enters the schema of the settings."""

import os
import shutil

import pytest

from tests.dbauth.conftest import entry, wrapper
from tests.dbauth.site import manage

needs_psql = pytest.mark.skipif(not shutil.which("psql"), reason="psql is not installed")
SCHEMA = 'shell\'s "own"'


@pytest.fixture
def schema(server):
    server.execute('CREATE SCHEMA "shell\'s ""own""" AUTHORIZATION writer')
    yield SCHEMA
    server.execute('DROP SCHEMA "shell\'s ""own"""')


@needs_psql
def test_psql_begins_in_the_schema_and_prints_nothing_of_it(dsql, schema):
    command = ["dbshell", "--", "-At", "-c", "SELECT current_schema()"]
    database = entry(dsql, "writer", {"schema": schema})
    result = manage(database, *command, **dsql.environment())
    assert result.stdout == f"{SCHEMA}\n", result.stderr


@needs_psql
def test_the_users_own_startup_file_is_read_too(dsql, schema, tmp_path):
    own = tmp_path / "own psqlrc"
    own.write_text("\\echo my own\n")
    command = ["dbshell", "--", "-At", "-c", "SELECT current_schema()"]
    database = entry(dsql, "writer", {"schema": schema})
    result = manage(database, *command, PSQLRC=str(own), **dsql.environment())
    assert result.stdout == f"my own\n{SCHEMA}\n", result.stderr


def test_the_schema_travels_in_the_environment(dsql, monkeypatch):
    monkeypatch.setenv("PSQLRC", "/nonexistent/psqlrc")
    connection = wrapper(dsql, "writer", {"schema": "garage"})
    settings = connection.settings_dict
    _, environment = connection.client.settings_to_cmd_args_env(settings, [])
    assert environment["DBAUTH_SCHEMA"] == "garage"
    assert environment["DBAUTH_PSQLRC"] == os.devnull


def test_without_a_schema_psql_starts_as_ever(dsql):
    connection = wrapper(dsql, "admin")
    settings = connection.settings_dict
    _, environment = connection.client.settings_to_cmd_args_env(settings, [])
    assert "PSQLRC" not in environment
