"""Columns that get another type, which on DSQL is another column that takes their place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import DataError, NotSupportedError, migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.dbauth.dsql.conftest import Cluster
from tests.dbauth.dsql.kills import kill_until_it_gets_there, migrate

WEATHER = "tests.dbauth.dsql.weather"
READINGS = "SELECT id, value, payload, code, station_id FROM weather_reading ORDER BY id LIMIT 4"


@pytest.fixture
def weather(settings, cluster: Cluster) -> Cluster:
    settings.INSTALLED_APPS = [WEATHER]
    cluster.control.set_job_seconds(0)
    migrate("weather", "0001")
    return cluster


def test_a_column_of_another_type_has_all_that_the_old_one_had(weather):
    migrate("weather")
    assert weather.refusals() == []
    assert weather.rows(READINGS) == [
        (1, 1, {}, "1", 2),
        (2, 2, {"n": 2}, "2", 3),
        (3, 3, {}, "3", 1),
        (4, 4, {"n": 4}, "4", 2),
    ]
    catalog = "\n".join(" ".join(row) for row in weather.catalog())
    for part in (
        "value integer",
        "payload jsonb",
        "code text",
        "station_id bigint",
        "(value IS NOT NULL)",
        "(payload IS NOT NULL)",
        "(code IS NOT NULL)",
        "(station_id IS NOT NULL)",
        "USING btree (value)",
        "USING btree (value, code)",
        "USING btree (code)",
        "USING btree (station_id)",
        "one_value",
        "coded",
        "FOREIGN KEY (station_id) REFERENCES weather_station(id) DEFERRABLE INITIALLY DEFERRED",
    ):
        assert part in catalog
    assert "NOT VALID" not in catalog
    assert "_new" not in catalog
    assert "_old" not in catalog
    assert weather.rows("SELECT 1 FROM pg_index WHERE NOT indisvalid") == []


def test_a_type_comes_back_where_the_values_allow_it(weather):
    before = weather.rows("SELECT id, value, code, station FROM weather_reading ORDER BY id")
    migrate("weather")
    migrate("weather", "0001")
    assert weather.refusals() == []
    after = weather.rows("SELECT id, value, code, station FROM weather_reading ORDER BY id")
    assert after == before


@pytest.mark.parametrize("writes", [4, 5])
def test_a_change_of_types_gets_there_however_often_it_is_killed(weather, writes):
    migrate("weather")
    undisturbed, rows = weather.catalog(), weather.rows(READINGS)
    weather.clear()
    migrate("weather", "0001")
    assert kill_until_it_gets_there(writes, weather, "weather") > 10
    assert weather.catalog() == undisturbed
    assert weather.rows(READINGS) == rows
    assert weather.refusals() == []


def test_what_is_written_meanwhile_is_neither_lost_nor_left_unconverted(weather):
    weather.rows(
        "INSERT INTO weather_reading (id, value, code, station)"
        " SELECT n, n::text, n, 1 FROM generate_series(1201, 10000) n"
    )
    [(before,)] = weather.rows("SELECT sum(value::bigint) FROM weather_reading")
    written: list[str] = []

    def write(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not context["connection"].in_atomic_block:
            statement = update_value(weather, key=7 * len(written) % 10_000 + 1)
            written.extend([statement] if statement else [])
        return result

    with weather.connection.execute_wrapper(write):
        change(weather, migrations.AlterField("Reading", "value", models.IntegerField()))
    assert written.count(OLD_RELEASE) > 20
    assert written.count(NEW_RELEASE) > 5
    [(after, rows)] = weather.rows("SELECT sum(value::bigint), count(value) FROM weather_reading")
    assert rows == 10_000
    assert after == before + STEP * len(written)


STEP = 1_000_000
OLD_RELEASE = f"UPDATE weather_reading SET value = (value::int + {STEP})::text WHERE id = "
NEW_RELEASE = f"UPDATE weather_reading SET value = value + {STEP} WHERE id = "


def update_value(weather: Cluster, key: int) -> str | None:
    """Write as either release does; None if neither can at the moment, and says so."""
    for statement in (OLD_RELEASE, NEW_RELEASE):
        try:
            weather.rows(f"{statement}{key} RETURNING id")
        except psycopg2.errors.DatatypeMismatch:
            continue
        except psycopg2.errors.UndefinedColumn:
            return None
        return statement
    return None


@contextmanager
def changed(weather: Cluster, *operations: migrations.operations.base.Operation) -> Iterator[None]:
    """Let migration 0002 consist of these operations."""
    migration = MigrationLoader(weather.connection).get_migration("weather", "0002_types")
    original, type(migration).operations = migration.operations, list(operations)
    try:
        yield
    finally:
        type(migration).operations = original


def change(weather: Cluster, *operations: migrations.operations.base.Operation) -> None:
    with changed(weather, *operations):
        migrate("weather")


CASCADE = models.CASCADE
PLACES = [
    migrations.CreateModel(
        "Town",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("number", models.IntegerField(unique=True)),
        ],
    ),
    migrations.CreateModel(
        "Mayor",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("town", models.OneToOneField("weather.Town", CASCADE, to_field="number")),
        ],
    ),
    migrations.CreateModel(
        "Letter",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("mayor", models.ForeignKey("weather.Mayor", CASCADE, to_field="town", null=True)),
            ("town", models.ForeignKey("weather.Town", CASCADE, to_field="number")),
        ],
        {"unique_together": {("mayor", "town", "id")}},
    ),
    migrations.RunSQL(
        """
        INSERT INTO weather_town (id, number) VALUES (1, 10), (2, 20);
        INSERT INTO weather_mayor (id, town_id) VALUES (5, 10);
        INSERT INTO weather_letter (id, mayor_id, town_id) VALUES (7, 10, 20), (8, NULL, 10)
        """
    ),
]
NUMBERED = [*PLACES, migrations.AlterField("Town", "number", models.TextField(unique=True))]
LETTERS = "SELECT id, mayor_id, town_id FROM weather_letter ORDER BY id"


def test_foreign_keys_to_a_column_are_taken_along(weather):
    change(weather, *NUMBERED)
    assert weather.refusals() == []
    assert weather.rows(LETTERS) == [(7, "10", "20"), (8, None, "10")]
    catalog = "\n".join(" ".join(row) for row in weather.catalog())
    for part in (
        "(number IS NOT NULL)",
        "(town_id) REFERENCES weather_town(number) DEFERRABLE INITIALLY DEFERRED",
        "(mayor_id) REFERENCES weather_mayor(town_id) DEFERRABLE INITIALLY DEFERRED",
        "UNIQUE INDEX weather_mayor_town_id",
        "USING btree (mayor_id, town_id, id)",
        "USING btree (mayor_id)",
    ):
        assert part in catalog
    assert catalog.count(" REFERENCES ") == 3
    assert "NOT VALID" not in catalog
    assert "_new" not in catalog
    assert "_old" not in catalog


def test_what_names_a_foreign_key_by_its_column_is_made_again(weather):
    mentions = [
        migrations.AddIndex("Letter", models.Index(fields=["town_id", "id"], name="by_town")),
        migrations.AddConstraint(
            "Letter", models.UniqueConstraint(models.F("mayor_id"), models.F("id"), name="once")
        ),
        migrations.AddConstraint(
            "Letter",
            models.CheckConstraint(condition=models.Q(town_id__isnull=False), name="addressed"),
        ),
    ]
    change(weather, *PLACES, *mentions, NUMBERED[-1])
    assert weather.refusals() == []
    assert weather.rows(LETTERS) == [(7, "10", "20"), (8, None, "10")]
    catalog = str(weather.catalog())
    assert [each for each in ("by_town", "once", "addressed") if each not in catalog] == []


def test_foreign_keys_are_taken_along_however_often_it_is_killed(weather):
    change(weather, *NUMBERED)
    undisturbed = weather.catalog()
    weather.clear()
    migrate("weather", "0001")
    with changed(weather, *NUMBERED):
        assert kill_until_it_gets_there(7, weather, "weather") > 3
    assert weather.catalog() == undisturbed
    assert weather.rows(LETTERS) == [(7, "10", "20"), (8, None, "10")]


def test_a_key_that_refers_to_a_column_keeps_its_type(weather):
    key = models.OneToOneField("weather.Town", CASCADE, to_field="number", primary_key=True)
    refers = migrations.CreateModel("Flag", [("town", key)])
    with pytest.raises(NotSupportedError, match=r"weather.Flag.town refers to it by its key"):
        change(weather, PLACES[0], refers, NUMBERED[-1])
    assert "weather_town" not in str(weather.catalog())


def test_values_that_cannot_be_cast_are_named_before_the_first_statement(weather):
    weather.rows(
        "UPDATE weather_reading SET value = 'twelve' WHERE id = 12;"
        " UPDATE weather_reading SET value = '11 hundred' WHERE id = 1100"
    )
    before = weather.catalog()
    with pytest.raises(
        DataError, match='value cannot become integer: "twelve" in row 12; "11 hundred" in row 1100'
    ):
        migrate("weather")
    assert weather.catalog() == before
    weather.rows("UPDATE weather_reading SET value = id::text WHERE id IN (12, 1100)")
    migrate("weather")
    assert weather.rows("SELECT value FROM weather_reading WHERE id = 12") == [(12,)]


CORRECTION = migrations.RunSQL("UPDATE weather_reading SET value = id")


@pytest.mark.parametrize(
    "correction", [CORRECTION, migrations.SeparateDatabaseAndState([CORRECTION])]
)
def test_values_that_the_migration_itself_corrects_are_looked_at_when_it_has(weather, correction):
    weather.rows("UPDATE weather_reading SET value = 'twelve' WHERE id = 12")
    alter = migrations.AlterField("Reading", "value", models.IntegerField())
    change(weather, correction, alter)
    assert weather.rows("SELECT value FROM weather_reading WHERE id = 12") == [(12,)]


def test_a_value_that_is_stored_meanwhile_ends_it_and_is_corrected_before_the_next_run(weather):
    def write(execute, sql, params, many, context):
        if "ADD COLUMN" in sql:
            weather.rows("UPDATE weather_reading SET value = 'twelve' WHERE id = 12")
        return execute(sql, params, many, context)

    with (
        weather.connection.execute_wrapper(write),
        pytest.raises(DataError, match=r'value cannot become integer: .* "twelve"'),
    ):
        migrate("weather")
    assert weather.rows("SELECT value FROM weather_reading WHERE id = 12") == [("twelve",)]
    weather.rows("UPDATE weather_reading SET value = '12' WHERE id = 12")
    migrate("weather")
    assert weather.rows("SELECT value FROM weather_reading WHERE id = 12") == [(12,)]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            migrations.AlterField("Reading", "code", models.UUIDField()),
            "cannot turn integer into uuid",
        ),
        (
            migrations.AlterField("Reading", "id", models.UUIDField(primary_key=True)),
            "cannot turn bigint into uuid in a primary key",
        ),
    ],
)
def test_a_change_that_dsql_cannot_make_is_refused_before_the_first_statement(
    weather, operation, words
):
    before = weather.catalog()
    harmless = migrations.AddField("Reading", "extra", models.TextField(null=True))
    with pytest.raises(NotSupportedError, match=words):
        change(weather, harmless, operation)
    assert weather.catalog() == before
