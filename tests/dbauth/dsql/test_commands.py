"""Django's own commands on DSQL."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tests.dbauth.dsql.conftest import ALIAS, SCHEMA, Cluster

# Where the project's tables are between the tests, and what `migrate` stores in them.
KEPT, STORED = "kept_site", "stored_site"


@pytest.fixture(scope="module")
def _no_schema_is_left(_cluster: Cluster) -> Iterator[None]:
    yield
    _cluster.rows(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE; DROP SCHEMA IF EXISTS {STORED} CASCADE")


@pytest.fixture
def site(cluster: Cluster, _no_schema_is_left: None) -> Iterator[Cluster]:
    """The project's tables as `migrate` leaves them, which runs for the first test alone."""
    if cluster.rows(f"SELECT 1 FROM pg_namespace WHERE nspname = '{KEPT}'"):
        cluster.rows(f"DROP SCHEMA {SCHEMA}; ALTER SCHEMA {KEPT} RENAME TO {SCHEMA}")
        restore(cluster)
    else:
        call_command("migrate", database=ALIAS, verbosity=0)
        cluster.rows(f"CREATE SCHEMA {STORED}")
        for name in tables(cluster, SCHEMA):
            cluster.rows(f"CREATE TABLE {STORED}.{name} AS TABLE {name}")
    cluster.control.reset()
    yield cluster
    cluster.rows(f"ALTER SCHEMA {SCHEMA} RENAME TO {KEPT}")


def restore(cluster: Cluster) -> None:
    """Every row as it was after `migrate`, and no table beside its own."""
    stored = tables(cluster, STORED)
    for name in tables(cluster, SCHEMA) - stored:
        cluster.rows(f"DROP TABLE {name}")
    rows = "; ".join(f"INSERT INTO {name} TABLE {STORED}.{name}" for name in sorted(stored))
    # One transaction, at whose end the foreign keys are looked at.
    cluster.rows(f"TRUNCATE {', '.join(stored)}; {rows}")
    ContentType.objects.clear_cache()


def tables(cluster: Cluster, schema: str) -> set[str]:
    return {
        name
        for (name,) in cluster.rows(
            f"SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = '{schema}'"
        )
    }


def output(command: str, *arguments: str, **options) -> str:
    stream = io.StringIO()
    call_command(command, *arguments, stdout=stream, **options)
    return stream.getvalue()


def test_there_are_no_changes_without_a_migration(site):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_flush_empties_every_table_by_batches(site):
    Group.objects.using(ALIAS).bulk_create(Group(name=f"group {n}") for n in range(2500))
    user = User.objects.db_manager(ALIAS).create_user("keeper")
    user.groups.add(*Group.objects.using(ALIAS)[:3])
    call_command("flush", database=ALIAS, interactive=False, verbosity=0)
    assert site.rows(
        "SELECT (SELECT count(*) FROM auth_group), (SELECT count(*) FROM auth_user)"
    ) == [(0, 0)]
    assert site.refusals() == []


def test_clearsessions_deletes_more_rows_than_a_transaction_changes(site, settings):
    settings.SESSION_ENGINE = "dbauth.sessions"
    settings.DATABASE_ROUTERS = ["tests.dbauth.dsql.test_commands.ToTheCluster"]
    site.rows(
        "INSERT INTO django_session SELECT 'expired' || n, '', '2020-01-01Z'"
        " FROM generate_series(1, 3100) n;"
        "INSERT INTO django_session VALUES ('kept', '', '2999-01-01Z')"
    )
    site.control.fail_commits(2)
    call_command("clearsessions")
    assert site.rows("SELECT session_key FROM django_session") == [("kept",)]
    assert site.refusals() == []


class Nowhere:
    """A router that makes no table anywhere."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return False


def test_createcachetable_asks_the_routers_as_djangos_does(cluster, settings):
    settings.DATABASE_ROUTERS = ["tests.dbauth.dsql.test_commands.Nowhere"]
    call_command("createcachetable", "not_wanted", database=ALIAS, verbosity=0)
    assert cluster.rows("SELECT 1 FROM pg_tables WHERE tablename = 'not_wanted'") == []


class ToTheCluster:
    """A router for commands that know no --database."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return ALIAS


def test_a_fixture_comes_back_as_it_was_and_keys_go_on_after_it(site, tmp_path):
    group = Group.objects.using(ALIAS).create(name="keepers")
    user = User.objects.db_manager(ALIAS).create_user("keeper")
    user.groups.add(group)
    dumped = output("dumpdata", "auth.group", "auth.user", database=ALIAS)
    far = json.loads(dumped)
    far[0]["pk"] = far[1]["fields"]["groups"][0] = 5_000_000
    file = tmp_path / "auth.json"
    file.write_text(json.dumps(far))
    call_command("flush", database=ALIAS, interactive=False, verbosity=0)
    call_command("loaddata", str(file), database=ALIAS, verbosity=0)
    loaded = User.objects.using(ALIAS).get(username="keeper")
    assert [each.pk for each in loaded.groups.all()] == [5_000_000]
    site.connection.close()  # and with it the keys that this session holds
    assert Group.objects.using(ALIAS).create(name="later").pk > 5_000_000
    call_command("loaddata", str(file), database=ALIAS, verbosity=0)
    site.connection.close()
    assert Group.objects.using(ALIAS).create(name="latest").pk > 5_000_001
    assert site.refusals() == []


def test_a_fixture_of_more_rows_than_a_transaction_holds_is_loaded_despite_conflicts(
    site, tmp_path
):
    permissions = Permission.objects.using(ALIAS).all()[:3]
    groups: list[dict[str, Any]] = [
        {"model": "auth.group", "pk": number, "fields": {"name": f"group {number}"}}
        for number in range(1, 3102)
    ]
    for group in groups[::10]:
        group["fields"]["permissions"] = [each.pk for each in permissions]
    file = tmp_path / "groups.json"
    file.write_text(json.dumps(groups))
    site.control.fail_commits(3)
    said = output("loaddata", str(file), database=ALIAS)
    assert site.control.faults_left() == 0
    assert said.strip() == "Installed 3101 object(s) from 1 fixture(s)"
    assert Group.objects.using(ALIAS).count() == 3101
    assert Group.permissions.through._default_manager.using(ALIAS).count() == 311 * 3
    assert {each["code"] for each in site.control.refused_statements()} <= {"40001"}


def test_a_fixture_of_large_rows_stays_under_ten_mebibytes_a_transaction(site, tmp_path):
    keeper = User.objects.db_manager(ALIAS).create_user("keeper")
    entries = [
        {
            "model": "admin.logentry",
            "pk": number,
            "fields": {
                "user": keeper.pk,
                "action_flag": 1,
                "object_repr": "x",
                "change_message": "\u4e00" * 100_000,
            },
        }
        for number in range(1, 23)
    ]
    file = tmp_path / "entries.json"
    file.write_text(json.dumps(entries))
    call_command("loaddata", str(file), database=ALIAS, verbosity=0)
    assert site.rows("SELECT count(*) FROM django_admin_log") == [(22,)]
    assert site.refusals() == []


def test_a_fixture_may_refer_by_names_to_what_comes_before_and_after(site, tmp_path):
    user = {"username": "b", "password": "c", "groups": [["before"], ["after"]]}
    entry = {"user": ["b"], "content_type": ["auth", "user"], "action_flag": 1, "object_repr": ""}
    objects = [
        {"model": "auth.group", "fields": {"name": "before"}},
        {"model": "auth.user", "fields": user},
        {"model": "admin.logentry", "fields": entry},
        {"model": "auth.group", "fields": {"name": "after"}},
    ]
    file = tmp_path / "names.json"
    file.write_text(json.dumps(objects))
    for _ in range(2):
        assert "4 object(s)" in output("loaddata", str(file), database=ALIAS)
        loaded = User.objects.using(ALIAS).get()
        assert [each.name for each in loaded.groups.order_by("pk")] == ["before", "after"]
        assert {each.user.username for each in LogEntry.objects.using(ALIAS)} == {"b"}


def load(tmp_path: Path, objects: list[dict[str, Any]], **options: Any) -> str:
    file = tmp_path / "fixture.json"
    file.write_text(json.dumps(objects))
    return output("loaddata", str(file), database=ALIAS, **options)


def test_a_natural_key_may_lead_to_an_object_that_comes_before_in_the_same_fixture(site, tmp_path):
    lion = {"app_label": "zoo", "model": "lion"}
    feed = {"name": "Can feed", "codename": "feed", "content_type": ["zoo", "lion"]}
    objects = [
        {"model": "contenttypes.contenttype", "fields": lion},
        {"model": "auth.permission", "fields": feed},
    ]
    assert "2 object(s)" in load(tmp_path, objects)
    assert Permission.objects.using(ALIAS).get(codename="feed").content_type.model == "lion"


def entries(number: int) -> list[dict[str, Any]]:
    fields = {"user": 7, "action_flag": 1, "object_repr": "x"}
    return [{"model": "admin.logentry", "pk": pk, "fields": fields} for pk in range(1, number + 1)]


def test_more_objects_than_a_transaction_holds_may_come_before_what_they_refer_to(site, tmp_path):
    user = {"model": "auth.user", "pk": 7, "fields": {"username": "last", "password": "x"}}
    assert "2501 object(s)" in load(tmp_path, [*entries(2500), user])
    assert LogEntry.objects.using(ALIAS).filter(user__username="last").count() == 2500
    assert site.refusals() == []


def test_a_fixture_whose_objects_refer_to_nothing_is_refused(site, tmp_path):
    with pytest.raises(IntegrityError, match="user_id"):
        load(tmp_path, entries(1))
    assert site.rows("SELECT count(*) FROM django_admin_log") == [(0,)]


def test_loaddata_is_a_part_of_the_callers_transaction(site, tmp_path):
    group = {"model": "auth.group", "pk": 1, "fields": {"name": "a"}}
    with transaction.atomic(ALIAS):
        load(tmp_path, [group])
        assert Group.objects.using(ALIAS).count() == 1
        transaction.set_rollback(True, ALIAS)
    assert Group.objects.using(ALIAS).count() == 0


def test_progress_is_shown_as_the_fixture_is_read(site, tmp_path):
    groups = [{"model": "auth.group", "pk": pk, "fields": {"name": str(pk)}} for pk in (1, 2)]
    said = load(tmp_path, groups, verbosity=3)
    assert "\rProcessed 1 object(s).\rProcessed 2 object(s).\n" in said


def test_what_a_fixture_excludes_is_neither_loaded_nor_counted(site, tmp_path):
    file = tmp_path / "mixed.json"
    file.write_text(
        '[{"model": "auth.group", "pk": 1, "fields": {"name": "a"}},'
        ' {"model": "auth.user", "pk": 1, "fields": {"username": "b", "password": "c"}}]'
    )
    said = output("loaddata", str(file), exclude=["auth.user"], database=ALIAS)
    assert said.strip() == "Installed 1 object(s) (of 2) from 1 fixture(s)"
    assert not User.objects.using(ALIAS).exists()


def test_superusers_are_made_and_passwords_changed(site, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "first-password")
    call_command(
        *("createsuperuser", "--noinput", "--username=root", "--email=r@example.com"),
        database=ALIAS,
        verbosity=0,
    )
    monkeypatch.setattr(
        "django.contrib.auth.management.commands.changepassword.getpass.getpass",
        lambda prompt: "an-entirely-other-1",
    )
    output("changepassword", "root", database=ALIAS)
    assert User.objects.using(ALIAS).get(username="root").check_password("an-entirely-other-1")
    assert site.refusals() == []


def test_the_cache_table_is_made_and_used(site, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "my cache",
        }
    }
    settings.DATABASE_ROUTERS = ["tests.dbauth.dsql.test_commands.CacheRouter"]
    assert 'CREATE INDEX ASYNC "my cache_expires' in output(
        "createcachetable", "--dry-run", database=ALIAS
    )
    for _ in range(2):
        call_command("createcachetable", database=ALIAS, verbosity=0)
    caches["default"].set("a", {"b": 1})
    caches["default"].set("a", {"b": 2})
    assert caches["default"].get("a") == {"b": 2}
    assert site.rows('SELECT cache_key FROM "my cache"') == [(":1:a",)]
    assert site.refusals() == []


class CacheRouter:
    """The cache's table is in the cluster."""

    def db_for_read(self, model, **hints) -> str | None:
        return ALIAS if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints) -> bool | None:
        return True if app_label == "django_cache" else None


def test_inspectdb_reads_the_schema_back(site):
    models = output("inspectdb", "auth_user_groups", "cars_car", database=ALIAS)
    assert "user = models.ForeignKey('AuthUser'" in models
    assert "id = models.BigAutoField(primary_key=True)" in models
    assert "vin = models.TextField(unique=True, blank=True, null=True)" in models


def test_sqlmigrate_prints_what_migrate_would_run(site):
    printed = output("sqlmigrate", "auth", "0001", database=ALIAS)
    assert "GENERATED BY DEFAULT AS IDENTITY (CACHE 65536)" in printed
    assert "CREATE UNIQUE INDEX ASYNC" in printed
    assert "varchar(" not in printed
