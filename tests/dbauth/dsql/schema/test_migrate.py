"""`migrate` through the gate: from nothing, back, and after being killed anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, NotSupportedError, migrations, models

from tests.dbauth.dsql.conftest import ALIAS, Cluster
from tests.dbauth.dsql.kills import (
    READS_AND_LEASE,
    kill_until_it_gets_there,
    killed_after,
    migrate,
)

GARAGE = "tests.dbauth.dsql.garage"


@pytest.fixture
def garage(settings, cluster: Cluster) -> Cluster:
    settings.INSTALLED_APPS = [GARAGE]
    return cluster


def test_everything_that_the_project_installs_migrates_from_nothing_without_a_refusal(cluster):
    migrate()
    assert cluster.refusals() == []
    assert cluster.rows("SELECT count(*) FROM django_migrations") == [(20,)]
    assert cluster.rows("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid") == []


def test_awss_linter_finds_no_error_in_any_statement(garage, settings, tmp_path):
    migrate()
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django.contrib.contenttypes"]
    settings.INSTALLED_APPS += ["django.contrib.auth", "django.contrib.admin"]
    settings.INSTALLED_APPS += ["django.contrib.sessions", "cars"]
    migrate()
    file = tmp_path / "ddl.sql"
    statements = [_as_dsql_was_told(sql) for sql in garage.control.ddl()]
    assert len(statements) > 60
    file.write_text(";\n".join(statements) + ";\n")
    command = [str(Path(sys.executable).with_name("dsql-lint")), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _as_dsql_was_told(sql: str) -> str:
    """The gate keeps statements as its server understands them."""
    sql = re.sub(r"^CREATE (UNIQUE )?INDEX", r"CREATE \1INDEX ASYNC", sql)
    return re.sub(r"^ALTER TABLE(.* VALIDATE)", r"ALTER TABLE ASYNC\1", sql)


def test_migrations_of_every_kind_come_and_go(garage):
    migrate("garage")
    assert garage.refusals() == []
    assert garage.rows(
        "SELECT town, size, price, rent, heated, code FROM garage_spot ORDER BY size"
    ) == [("Ulm", number, 8, 3, True, None) for number in (7, 8, 9)]
    migrate("garage", "0002")
    migrate("garage", "zero")
    assert garage.refusals() == []
    assert [row for row in garage.catalog() if row[1].startswith("garage")] == []


def test_migrations_of_every_kind_get_there_however_often_they_are_killed(garage):
    garage.control.set_job_seconds(0)
    migrate("garage")
    undisturbed, rows = garage.catalog(), _contents(garage)
    garage.clear()
    assert kill_until_it_gets_there(6, garage, "garage") > 30
    assert garage.catalog() == undisturbed
    assert _contents(garage) == rows
    assert garage.refusals() == []


def test_a_migration_that_is_killed_once_is_completed_by_the_next_run(garage):
    garage.control.set_job_seconds(0)
    with killed_after(garage, 0, READS_AND_LEASE) as done:
        migrate("garage")
    undisturbed, rows = garage.catalog(), _contents(garage)
    for statements in range(20, len(done), 40):
        garage.clear()
        with killed_after(garage, statements, READS_AND_LEASE):
            migrate("garage")
        migrate("garage")
        assert garage.catalog() == undisturbed, f"after {done[statements - 1]}"
        assert _contents(garage) == rows, f"after {done[statements - 1]}"
    assert garage.refusals() == []


def test_the_projects_own_migrations_get_there_however_often_they_are_killed(cluster):
    cluster.control.set_job_seconds(0)
    migrate()
    undisturbed, made = cluster.catalog(), _made(cluster)
    cluster.clear()
    assert kill_until_it_gets_there(5, cluster) > 20
    assert cluster.catalog() == undisturbed
    assert _made(cluster) == made
    assert cluster.refusals() == []


def _made(cluster: Cluster) -> list[tuple]:
    """What migrate stores: what it applied, the content types and the permissions."""
    return cluster.rows(
        "SELECT app, name FROM django_migrations UNION ALL"
        " SELECT app_label, model FROM django_content_type UNION ALL"
        " SELECT name, codename FROM auth_permission ORDER BY 1, 2"
    )


def _contents(cluster: Cluster) -> list[tuple]:
    return cluster.rows(
        "SELECT town, street, size, price, rent, heated FROM garage_spot ORDER BY size"
    )


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            migrations.AlterField("Place", "size", models.UUIDField()),
            "cannot turn integer into uuid. Write the change as several migrations",
        ),
        (
            migrations.AddField("Owner", "key", models.UUIDField(primary_key=True)),
            "cannot add a primary key",
        ),
        (
            migrations.AddField(
                "Place",
                "double",
                models.GeneratedField(
                    expression=models.F("size") * 2,
                    output_field=models.IntegerField(),
                    db_persist=True,
                ),
            ),
            "cannot add a generated column",
        ),
        (
            migrations.AddField("Place", "name", models.CharField(db_collation="de-x-icu")),
            "there is no collation de-x-icu",
        ),
    ],
)
def test_what_dsql_cannot_do_is_said_before_the_first_statement(garage, operation, words):
    from django.db.migrations.loader import MigrationLoader

    migrate("garage", "0001")
    before = garage.catalog()
    harmless = migrations.AddField("Place", "extra", models.TextField(null=True))
    loader = MigrationLoader(garage.connection)
    broken = loader.get_migration("garage", "0002_rows")
    original, broken.__class__.operations = broken.operations, [harmless, operation]
    try:
        with pytest.raises(NotSupportedError, match=words):
            migrate("garage", "0002")
    finally:
        broken.__class__.operations = original
    assert garage.catalog() == before
    assert garage.refusals() == []


def test_a_conflict_at_the_commit_of_a_runpython_does_not_end_migrate(garage, monkeypatch):
    from django.db.migrations.loader import MigrationLoader

    migrate("garage", "0001")
    attempts = []

    def code(apps, schema_editor):
        attempts.append(1)
        apps.get_model("garage", "Owner").objects.using(ALIAS).create(name="only one")
        if len(attempts) < 3:
            garage.control.fail_commits(1)

    rows = MigrationLoader(garage.connection).get_migration("garage", "0002_rows")
    monkeypatch.setattr(type(rows), "operations", [migrations.RunPython(code)])
    migrate("garage", "0002")
    assert len(attempts) == 3
    assert garage.rows("SELECT name FROM garage_owner") == [("only one",)]


def test_a_conflict_at_the_commit_of_a_runsql_does_not_end_migrate(garage):
    attempts = []

    def conflict(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO garage_place"):
            attempts.append(1)
            garage.control.fail_commits(1 if len(attempts) < 3 else 0)
        return execute(sql, params, many, context)

    with garage.connection.execute_wrapper(conflict):
        migrate("garage", "0002")
    assert len(attempts) == 3
    assert garage.rows("SELECT count(*) FROM garage_place") == [(3,)]


def test_a_unique_index_that_cannot_be_built_is_removed_and_reported(garage):
    migrate("garage", "0003")
    garage.rows("INSERT INTO garage_owner (name) VALUES ('twin'), ('twin')")
    with pytest.raises(DatabaseError, match=r"garage_owner.*failed, and the index is dropped"):
        migrate("garage")
    assert not [row for row in garage.catalog() if row[2].endswith("false") and row[0] == "index"]
    garage.rows("DELETE FROM garage_owner WHERE name = 'twin'")
    migrate("garage")
    assert garage.refusals() == []


def test_a_model_is_renamed_where_a_content_type_of_the_new_name_is_left_over(garage, settings):
    settings.INSTALLED_APPS = ["django.contrib.contenttypes", GARAGE]
    garage.control.set_job_seconds(0)
    migrate("garage", "0003")
    migrate("contenttypes")
    garage.rows(
        "INSERT INTO django_content_type (app_label, model)"
        " VALUES ('garage', 'spot'), ('garage', 'place') ON CONFLICT DO NOTHING"
    )
    migrate("garage")
    assert garage.rows("SELECT count(*) FROM django_migrations WHERE app = 'garage'") == [(4,)]
