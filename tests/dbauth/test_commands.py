"""Django's own commands on the engine: they need more of a backend than queries."""

import subprocess
import sys
from pathlib import Path

import pytest

import dbauth
from tests.dbauth.conftest import entry
from tests.dbauth.site import manage


@pytest.fixture
def database(rds, server):
    name = server.create_database("commands")
    server.execute(f'ALTER DATABASE "{name}" OWNER TO app')
    yield name
    server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def run(rds, database):
    def run(*command: str):
        result = manage(entry(rds, "app", NAME=database), *command, **rds.environment())
        assert result.returncode == 0, result.stderr
        return result

    return run


def test_migrate_inspectdb_and_flush_work(run, server, database):
    run("migrate")
    assert "class AuthGroup(models.Model)" in run("inspectdb", "auth_group").stdout
    server.execute("INSERT INTO auth_group (name) VALUES ('gone soon')", database)
    run("flush", "--no-input")
    assert server.execute("SELECT count(*) FROM auth_group", database) == [(0,)]


def test_a_test_database_is_made_used_and_destroyed(run, server):
    result = run("test", "tests.dbauth.project", "--pattern", "inside.py", "--no-input")
    assert "Ran 1 test" in result.stderr
    assert server.execute("SELECT datname FROM pg_database WHERE datname = 'test_commands'") == []


WITHOUT_THE_ADAPTER = """
import sys
from importlib import import_module
sys.modules["aurora_dsql_django"] = None
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["dbauth"])
django.setup()
for name in sys.argv[1:]:
    import_module(f"dbauth.management.commands.{name}")
"""


def test_the_commands_need_the_adapter_of_dsql_for_dsql_alone():
    folder = Path(dbauth.__file__).parent / "management" / "commands"
    names = [file.stem for file in folder.glob("[!_]*.py")]
    assert {"loaddata", "createcachetable", "dbdoctor", "create_db_user"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_ADAPTER, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
