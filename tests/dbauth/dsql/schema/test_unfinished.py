"""What a killed `migrate` leaves behind: it is finished, by whoever may, and never forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import ProgrammingError, migrations, models
from django.db.migrations.loader import MigrationLoader

from dbauth.dsql.schema.errors import ChangedMigrationError, UnfinishedMigrationError
from tests.dbauth.dsql.conftest import Cluster
from tests.dbauth.dsql.kills import READS_AND_LEASE, again, killed_after, migrate, outcome

GARAGE = "tests.dbauth.dsql.garage"
SMALL = "tests.dbauth.dsql.plot.migrations"
STEPS = "SELECT DISTINCT migration FROM dbauth_migration_step"


@contextmanager
def edited(plot: Cluster, change: Callable[[list], list]) -> Iterator[None]:
    """The small migration with other operations."""
    migration = type(MigrationLoader(plot.connection).get_migration("garage", "0001_initial"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migration, "operations", change(list(migration.operations)))
        yield


def writes(cluster: Cluster) -> tuple[int, tuple]:
    """How many writes the migration takes, and what it leads to."""
    migrate("garage")
    again(cluster)
    with killed_after(cluster, 0, READS_AND_LEASE) as done:
        migrate("garage")
    return len(done), outcome(cluster)


def killed_at(cluster: Cluster, *points: int) -> bool:
    """Begin again and kill one run after the other; whether all came to the point."""
    again(cluster)
    for point in points:
        with killed_after(cluster, point, READS_AND_LEASE) as done:
            migrate("garage")
        if len(done) < point:
            return False
    return True


# Writes of the small migration; killed after the last one, it is finished.
WRITES = 14


@pytest.mark.parametrize("first", range(1, WRITES))
def test_a_migration_that_is_killed_at_any_two_points_is_completed_by_the_next_run(plot, first):
    number, undisturbed = writes(plot)
    assert number == WRITES
    for second in count(1):
        if not killed_at(plot, first, second):
            break
        migrate("garage")
        assert outcome(plot) == undisturbed, (first, second)
    assert second > 1
    assert plot.refusals() == []


@pytest.mark.parametrize(
    "points", [(1, 1, 1), (2, 2, 2), (3, 1, 1), (5, 3, 2), (7, 1, 3), (9, 1, 1)], ids=str
)
def test_three_kills_are_no_worse_than_two(plot, points):
    _number, undisturbed = writes(plot)
    assert killed_at(plot, *points)
    migrate("garage")
    assert outcome(plot) == undisturbed


def kill_after(plot: Cluster, statement: str) -> None:
    """Begin, and end with this statement, given as a regular expression."""
    with killed_after(plot, 1, re.compile(f"(?!{statement})")) as done:
        migrate("garage")
    assert len(done) == 1


ADD_COLUMN = 'ALTER TABLE "garage_plot" ADD COLUMN'


@pytest.mark.parametrize("arguments", [("contenttypes",), ("garage", "zero")])
def test_another_migrate_does_not_forget_an_unfinished_migration(plot, settings, arguments):
    settings.INSTALLED_APPS = ["django.contrib.contenttypes", GARAGE]
    migrate("contenttypes")
    _number, undisturbed = writes(plot)
    again(plot)
    kill_after(plot, ADD_COLUMN)
    with pytest.raises(UnfinishedMigrationError, match="migrate garage 0001_initial"):
        migrate(*arguments)
    migrate()
    assert outcome(plot) == undisturbed


def test_a_release_that_lacks_the_migration_does_not_forget_it(plot, settings):
    _number, undisturbed = writes(plot)
    again(plot)
    kill_after(plot, ADD_COLUMN)
    settings.MIGRATION_MODULES = {"garage": None}
    with pytest.raises(UnfinishedMigrationError, match=r"garage\.0001_initial was begun \(apply\)"):
        migrate()
    settings.MIGRATION_MODULES = {"garage": SMALL}
    migrate()
    assert outcome(plot) == undisturbed


def test_a_migration_that_was_taken_back_in_part_is_taken_back_first(plot):
    migrate("garage")
    with killed_after(plot, 1, re.compile('(?!ALTER TABLE "garage_plot" DROP COLUMN)')):
        migrate("garage", "zero")
    with pytest.raises(UnfinishedMigrationError, match=r"begun \(unapply\).*that was taking it"):
        migrate()
    migrate("garage", "zero")
    assert [row for row in plot.catalog() if row[1] == "garage_plot"] == []
    migrate()


def test_a_migration_that_was_finished_by_hand_is_recorded_with_fake(plot):
    kill_after(plot, ADD_COLUMN)
    migrate("garage", "--fake")
    assert plot.rows(STEPS) == []
    migrate()


def test_a_migration_that_was_edited_half_way_says_what_was_done_of_it(plot):
    _number, undisturbed = writes(plot)
    again(plot)
    kill_after(plot, ADD_COLUMN)
    required = migrations.AddField("Plot", "size", models.IntegerField(default=7))
    with (
        edited(plot, lambda each: [*each[:2], required, *each[3:]]),
        pytest.raises(ChangedMigrationError, match=r'operation 3 (?s:.*)ADD COLUMN "size" integer'),
    ):
        migrate("garage")
    migrate("garage")
    assert outcome(plot) == undisturbed


def test_an_operation_of_which_nothing_was_done_may_be_edited(plot):
    def fail(apps, schema_editor):
        raise ZeroDivisionError

    with (
        edited(plot, lambda each: [each[0], migrations.RunPython(fail), *each[2:]]),
        pytest.raises(ZeroDivisionError),
    ):
        migrate("garage")
    row = migrations.RunSQL("INSERT INTO garage_plot DEFAULT VALUES")
    with edited(plot, lambda each: [each[0], row, *each[2:]]):
        migrate("garage")
    assert plot.rows("SELECT size FROM garage_plot") == [(None,)]


def test_a_statement_that_fails_for_another_reason_is_not_taken_for_done(plot):
    kill_after(plot, 'INSERT INTO "dbauth_migration_step".*ADD COLUMN')
    plot.rows("DROP TABLE garage_plot")
    with pytest.raises(ProgrammingError, match='relation "garage_plot" does not exist'):
        migrate("garage")


def test_a_migration_is_recorded_when_its_indexes_are_built(plot):
    plot.control.set_job_seconds(0.5)
    unfinished: list[list[tuple]] = []

    def look(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "django_migrations"'):
            unfinished.append(plot.rows("SELECT 1 FROM pg_index WHERE NOT indisvalid"))
        return execute(sql, params, many, context)

    index = migrations.AddIndex("Plot", models.Index(fields=["id"], name="by_id"))
    with edited(plot, lambda each: [each[0], index]), plot.connection.execute_wrapper(look):
        migrate("garage")
    assert unfinished == [[]]
