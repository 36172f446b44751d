"""Django's own commands on the engine: they need more of a backend than queries."""

import pytest

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
