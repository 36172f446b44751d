"""Test databases are schemas beside the service's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tests.dbauth.dsql.conftest import ALIAS, ROLE, SCHEMA, Cluster

TESTS = f"test_{SCHEMA}"
SCHEMAS = f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{TESTS}%' ORDER BY 1"
TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = '{}'::regnamespace"


@pytest.fixture
def site(cluster: Cluster, settings, monkeypatch) -> Iterator[Cluster]:
    """A project of one app, in whose schema there is a table."""
    cluster.control.set_job_seconds(0)
    settings.INSTALLED_APPS = ["django.contrib.contenttypes"]
    monkeypatch.setitem(settings.DATABASES, ALIAS, connections.settings[ALIAS])
    cluster.rows("CREATE TABLE precious (id bigint)")
    yield cluster
    for suffix in ("", "_1"):
        cluster.rows(f"DROP SCHEMA IF EXISTS {TESTS}{suffix} CASCADE")
    cluster.rows(f"REVOKE CREATE ON DATABASE cluster FROM {ROLE}")


def create(cluster: Cluster) -> None:
    cluster.connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


def destroy(cluster: Cluster, suffix: str | None = None) -> None:
    cluster.connection.creation.destroy_test_db("postgres", verbosity=0, suffix=suffix)


def test_a_schema_is_created_cloned_and_dropped_where_the_role_may(site):
    site.rows(f"GRANT CREATE ON DATABASE cluster TO {ROLE}")
    create(site)
    assert site.rows(TABLES.format(TESTS)) == [(4,)]
    creation = site.connection.creation
    creation.clone_test_db("1", verbosity=0)
    assert site.rows(TABLES.format(f"{TESTS}_1")) == [(4,)]
    assert creation.get_test_db_clone_settings("1")["OPTIONS"]["schema"] == f"{TESTS}_1"
    destroy(site, "1")
    destroy(site)
    assert site.rows(SCHEMAS) == []
    assert site.connection.settings_dict["OPTIONS"]["schema"] == SCHEMA
    assert site.rows(TABLES.format(SCHEMA)) == [(1,)]
    assert site.refusals() == []


def test_a_schema_of_the_administrators_is_emptied_and_kept(site):
    site.rows(f"CREATE SCHEMA {TESTS} AUTHORIZATION {ROLE}; CREATE TABLE {TESTS}.old (id int)")
    site.rows(f"ALTER TABLE {TESTS}.old OWNER TO {ROLE}")
    create(site)
    assert site.rows(f"SELECT to_regclass('{TESTS}.old') IS NULL") == [(True,)]
    assert site.rows(TABLES.format(TESTS)) == [(4,)]
    destroy(site)
    assert site.rows(SCHEMAS) == [(TESTS,)]
    assert site.rows(TABLES.format(TESTS)) == [(0,)]


def test_who_may_not_create_the_schema_is_told_what_the_administrator_has_to_run(site):
    with pytest.raises(ImproperlyConfigured) as refusal:
        create(site)
    assert f'CREATE SCHEMA "{TESTS}" AUTHORIZATION "{ROLE}"' in str(refusal.value)


def test_the_schema_of_the_service_is_never_a_test_database(site):
    site.connection.settings_dict["TEST"]["NAME"] = SCHEMA
    with pytest.raises(ImproperlyConfigured, match="the schema of the service itself"):
        create(site)
    assert site.rows(TABLES.format(SCHEMA)) == [(1,)]
