"""Columns that get another type, which on DSQL is another column that takes their place."""

from __future__ import annotations

import psycopg2
import pytest
from django.db import DataError, NotSupportedError, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.test.utils import isolate_apps

from dbauth.dsql.schema import limits
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


def change(weather: Cluster, *operations: migrations.operations.base.Operation) -> None:
    """Let migration 0002 consist of these operations, and run it."""
    migration = MigrationLoader(weather.connection).get_migration("weather", "0002_types")
    original, type(migration).operations = migration.operations, list(operations)
    try:
        migrate("weather")
    finally:
        type(migration).operations = original


with isolate_apps("tests.dbauth.dsql.weather"):

    class Town(models.Model):  # noqa: DJ008 - nobody prints it
        number = models.IntegerField(unique=True)

        class Meta:
            app_label = "weather"

    class Street(models.Model):  # noqa: DJ008 - nobody prints it
        town = models.ForeignKey(Town, models.CASCADE, to_field="number")

        class Meta:
            app_label = "weather"


def test_a_column_that_others_refer_to_keeps_its_type(cluster):
    number = Town._meta.get_field("number")
    text = models.TextField(unique=True)
    text.set_attributes_from_name("number")
    with pytest.raises(NotSupportedError, match=r"while weather.Street.town refers to it"):
        limits.check_change(Town, number, text, cluster.connection)


def test_a_value_that_cannot_be_cast_is_named_and_corrected_before_the_next_run(weather):
    weather.rows("UPDATE weather_reading SET value = 'twelve' WHERE id = 12")
    with pytest.raises(DataError, match=r'value cannot become integer: .* "twelve"'):
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
