"""One `migrate` at a time: the others are told who works, and the dead are not waited for."""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Callable

import pytest
from django.db import connections, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate

from dbauth.dsql.schema import lease, signals
from dbauth.dsql.schema.errors import MigrationBusyError
from dbauth.liveness import Stopwatch
from tests.dbauth.conftest import wait_until
from tests.dbauth.dsql.conftest import ALIAS, Cluster
from tests.dbauth.dsql.kills import killed_after, migrate

GARAGE = "tests.dbauth.dsql.garage"
LEASES = "SELECT holder FROM dbauth_migration_lease"
OTHER = (
    "INSERT INTO dbauth_migration_lease VALUES"
    " (1, 'elsewhere, process 7', '2026-10-03 12:00+00', now() + interval '{}')"
    " ON CONFLICT (id) DO UPDATE SET holder = EXCLUDED.holder, ends = EXCLUDED.ends"
)


@pytest.fixture
def garage(settings, cluster: Cluster) -> Cluster:
    settings.INSTALLED_APPS = [GARAGE]
    settings.MIGRATION_MODULES = {"garage": "tests.dbauth.dsql.plot.migrations"}
    cluster.control.set_job_seconds(0)
    migrate("garage")
    migrate("garage", "zero")
    return cluster


def runs(monkeypatch, cluster: Cluster, code) -> None:
    """Let the migration's Python operation be this function."""
    migration = type(MigrationLoader(cluster.connection).get_migration("garage", "0001_initial"))
    operation = migrations.RunPython(lambda apps, schema_editor: code(), atomic=False)
    operations = [migration.operations[0], operation, *migration.operations[2:]]
    monkeypatch.setattr(migration, "operations", operations)


def test_a_second_migrate_is_told_who_works_and_since_when(garage):
    garage.rows(OTHER.format("15 seconds"))
    words = r"is at work .*: elsewhere, process 7, since 2026-10-03 12:00:00 UTC.* ends in 1\d s"
    with pytest.raises(MigrationBusyError, match=words):
        migrate("garage")
    assert garage.rows("SELECT * FROM django_migrations") == []
    assert garage.rows(LEASES) == [("elsewhere, process 7",)]


def test_the_lease_of_a_process_that_died_ends_by_itself(garage):
    garage.rows(OTHER.format("-1 second"))
    migrate("garage")
    assert garage.rows(LEASES) == []


def test_of_two_at_once_one_works_and_nothing_is_done_twice(garage, monkeypatch):
    told: list[MigrationBusyError] = []
    begun, answered = threading.Event(), threading.Event()

    def second() -> None:
        begun.wait()
        try:
            migrate("garage")
        except MigrationBusyError as error:
            told.append(error)
        finally:
            connections[ALIAS].close()
            answered.set()

    def code() -> None:
        begun.set()
        assert answered.wait(120)

    runs(monkeypatch, garage, code)
    thread = threading.Thread(target=second)
    thread.start()
    migrate("garage")
    thread.join()
    assert len(told) == 1
    assert garage.rows("SELECT name FROM django_migrations") == [("0001_initial",)]


def test_a_plan_that_another_migrate_has_carried_out_meanwhile_is_given_up(garage):
    def overtake(**_kwargs) -> None:
        garage.rows("INSERT INTO django_migrations VALUES (1, 'garage', '0001_initial', now())")

    pre_migrate.connect(overtake)
    # It comes after the backend's own receiver, so that one is connected again behind it.
    pre_migrate.disconnect(dispatch_uid="dbauth.dsql.prepare")
    signals.connect()
    try:
        with pytest.raises(MigrationBusyError, match=r"applied garage\.0001_initial meanwhile"):
            migrate("garage")
    finally:
        pre_migrate.disconnect(overtake)
    assert garage.rows(LEASES) == []


def test_the_lease_is_renewed_while_an_operation_takes_its_time(garage, monkeypatch):
    ends = "SELECT ends FROM dbauth_migration_lease"

    def code() -> None:
        before = garage.rows(ends)
        wait_until(lambda: garage.rows(ends) > before)

    monkeypatch.setattr(lease, "RENEWAL_SECONDS", 0.01)
    runs(monkeypatch, garage, code)
    migrate("garage")
    assert garage.rows(LEASES) == []


@pytest.fixture
def sleep(monkeypatch) -> Callable[[], None]:
    """Lets this process have been stopped, as by SIGSTOP, for an hour."""

    class Watch(Stopwatch):
        hours = 0

        def restart(self) -> None:
            super().restart()
            self.started = Watch.hours

        def seconds(self) -> float:
            return 3600 * (Watch.hours - self.started) + super().seconds()

    def pass_an_hour() -> None:
        Watch.hours += 1

    monkeypatch.setattr(lease, "Stopwatch", Watch)
    return pass_an_hour


def test_a_process_that_slept_past_its_lease_stops_where_another_took_over(
    garage, monkeypatch, sleep
):
    def code() -> None:
        garage.rows(OTHER.format("20 seconds"))
        sleep()

    runs(monkeypatch, garage, code)
    garage.control.reset()
    with pytest.raises(MigrationBusyError, match="elsewhere, process 7"):
        migrate("garage")
    assert [each.split("(")[0] for each in garage.control.ddl()] == ['CREATE TABLE "garage_plot" ']
    assert garage.rows(LEASES) == [("elsewhere, process 7",)]


def test_a_process_that_slept_goes_on_where_nobody_took_over(garage, monkeypatch, sleep):
    def code() -> None:
        garage.rows("UPDATE dbauth_migration_lease SET ends = now() - interval '1 hour'")
        sleep()

    runs(monkeypatch, garage, code)
    migrate("garage")
    assert garage.rows("SELECT name FROM django_migrations") == [("0001_initial",)]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_migration_that_fails_gives_the_lease_back(garage, monkeypatch, error):
    def code() -> None:
        raise error

    runs(monkeypatch, garage, code)
    with pytest.raises(error):
        migrate("garage")
    assert garage.rows(LEASES) == []


def test_a_migrate_that_fails_between_migrations_does_not_keep_its_process_out(garage):
    with killed_after(garage, 1, re.compile("(?!INSERT INTO .django_migrations)")):
        migrate("garage")
    migrate("garage")
    assert garage.rows("SELECT name FROM django_migrations") == [("0001_initial",)]


def test_what_comes_after_a_migrate_that_failed_needs_no_lease(garage, sleep):
    with killed_after(garage, 1, re.compile("(?!INSERT INTO .django_migrations)")):
        migrate("garage")
    garage.rows(OTHER.format("20 seconds"))
    gc.collect()
    sleep()
    with garage.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone() == (1,)
