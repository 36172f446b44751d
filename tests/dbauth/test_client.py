"""dbshell: psql with a token, without anything secret on its command line or in an error."""

import os
import shlex
import stat
import subprocess
import sys
import traceback

import pytest
from django.core.management import CommandError
from django.db.backends.postgresql import client

from tests.dbauth.conftest import CLUSTER, DSQL_ENDPOINT, entry, wrapper
from tests.dbauth.site import manage
from tests.rig.front_door import TEMPORARY

# Stands for psql where there is none: it connects as libpq does, from arguments and environment.
PSQL = """
import getopt, os, psycopg2
options, (database,) = getopt.getopt(__import__("sys").argv[1:], "U:h:p:c:")
options = dict(options)
connection = psycopg2.connect(
    host=options["-h"], port=options["-p"], user=options["-U"], dbname=database
)
cursor = connection.cursor()
cursor.execute(options["-c"])
print(cursor.fetchone()[0], os.environ["PGSSLMODE"])
"""


@pytest.fixture
def psql(tmp_path, monkeypatch):
    """A psql that is first on the PATH."""
    script = tmp_path / "psql.py"
    script.write_text(PSQL)
    program = tmp_path / "psql"
    # Not the script itself: a first line that names an interpreter takes no path with a space.
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


def test_dbshell_signs_in_to_rds_with_a_token(rds, psql):
    command = ["dbshell", "--", "-c", "SELECT session_user"]
    result = manage(entry(rds, "app"), *command, PATH=psql, **rds.environment(TEMPORARY))
    assert result.stdout == "app verify-full\n", result.stderr
    assert rds.control.statistics().tokens == 1


@pytest.mark.parametrize("user", ["admin", "writer"])
def test_dbshell_signs_in_to_dsql_with_a_token(dsql, psql, user):
    command = ["dbshell", "--", "-c", "SELECT session_user"]
    result = manage(entry(dsql, user), *command, PATH=psql, **dsql.environment())
    assert result.stdout == f"{user} verify-full\n", result.stderr


def test_dbshell_reaches_a_vpc_endpoint_by_its_own_name(dsql, psql):
    database = entry(
        dsql, "writer", {"cluster": CLUSTER, "sslmode": "verify-ca"}, HOST=DSQL_ENDPOINT
    )
    command = ["dbshell", "--", "-c", "SELECT session_user"]
    result = manage(database, *command, PATH=psql, **dsql.environment())
    assert result.stdout == "writer verify-ca\n", result.stderr


def test_the_command_line_shows_no_token(rds):
    connection = wrapper(rds)
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, ["-q"]
    )
    assert arguments == ["psql", "-U", "app", "-h", rds.host, "-p", str(rds.port), "-q", "postgres"]
    assert "X-Amz-Signature" in environment["PGPASSWORD"]
    assert environment["PGHOSTADDR"] == "127.0.0.1"
    assert environment["PGCONNECT_TIMEOUT"] == "5"
    assert environment["PGGSSENCMODE"] == "disable"


def test_a_shell_that_fails_shows_no_token(rds, monkeypatch):
    def fail(*arguments, **keywords):
        raise subprocess.CalledProcessError(2, "psql")

    monkeypatch.setattr("django.db.backends.base.client.subprocess.run", fail)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        wrapper(rds).client.runshell([])
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    printed = [repr(frame.f_locals) for frame in frames if frame.f_globals["__name__"] != __name__]
    assert "X-Amz-Signature" not in "".join(printed)


def test_dbshell_without_credentials_says_what_to_do(rds, psql):
    variables = {"AWS_ACCESS_KEY_ID": "AKIAHALF", "AWS_REGION": rds.region}
    result = manage(entry(rds, "app"), "dbshell", PATH=psql, **variables)
    assert result.returncode == 1
    assert "AWS_SECRET_ACCESS_KEY" in result.stderr
    assert "Traceback" not in result.stderr


def test_dbshell_with_settings_that_cannot_work_names_them(rds, psql):
    result = manage(entry(rds, "app", PORT="five"), "dbshell", PATH=psql, **rds.environment())
    assert result.returncode == 1
    assert "CommandError: PORT is 'five'" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_shell_without_credentials_shows_no_half_of_them(rds, aws):
    aws({"AWS_ACCESS_KEY_ID": "AKIAHALF", "AWS_REGION": rds.region})
    with pytest.raises(CommandError) as caught:
        wrapper(rds).client.runshell([])
    assert caught.value.__context__ is not None
    assert caught.value.__context__.__traceback__ is None


def test_a_shell_that_fails_leaves_the_frames_of_an_earlier_error(rds, monkeypatch):
    monkeypatch.setattr("django.db.backends.base.client.subprocess.run", interrupt)
    try:
        int("earlier")
    except ValueError as earlier:
        with pytest.raises(KeyboardInterrupt):
            wrapper(rds).client.runshell([])
        frames = earlier.__traceback__
    assert frames is not None


def interrupt(*_arguments, **_keywords):
    raise KeyboardInterrupt


def test_the_client_is_djangos(rds):
    assert isinstance(wrapper(rds).client, client.DatabaseClient)
