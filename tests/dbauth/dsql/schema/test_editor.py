"""What the schema editor says to DSQL, and what it refuses before it says anything."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.contrib.postgres.indexes import BTreeIndex, OpClass
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    TrigramExtension,
    ValidateConstraint,
)
from django.db import NotSupportedError, migrations, models
from django.db.migrations.state import ProjectState
from django.db.models.functions import Collate, Upper
from django.db.models.signals import post_migrate, pre_migrate
from django.db.transaction import TransactionManagementError
from django.test.utils import isolate_apps

from dbauth.dsql.schema.inspection import Inspector
from dbauth.dsql.schema.signals import finish, prepare
from tests.dbauth.dsql.conftest import Cluster

with isolate_apps("tests.dbauth.dsql.garage"):

    class Shed(models.Model):  # noqa: DJ008 - nobody prints it
        name = models.CharField(max_length=9)
        size = models.IntegerField(default=1)
        plan = models.JSONField(null=True)

        class Meta:
            app_label = "garage"


@pytest.fixture
def shed(cluster: Cluster) -> Cluster:
    cluster.control.set_job_seconds(0)
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Shed)
    cluster.control.reset()
    return cluster


def run(cluster: Cluster, *operations: Any, atomic: bool = True) -> None:
    """The operations, as a migration on top of the table."""
    migration = migrations.Migration("0002", "garage")
    migration.operations = list(operations)  # type: ignore[misc] # as Django's own tests do
    state = ProjectState()
    fields = [(field.name, field.clone()) for field in Shed._meta.local_fields]
    migrations.CreateModel("Shed", fields).state_forwards("garage", state)
    with cluster.connection.schema_editor(atomic=atomic) as editor:
        migration.apply(state, editor)


INDEX = models.Index(models.F("size").desc(), name="down")
NULLS = models.Index(models.F("size").desc(nulls_last=True), name="down_nulls")
CLASS = models.Index(OpClass("name", name="varchar_pattern_ops"), name="class")
FIELDS = models.Index(fields=["-size"], opclasses=["int4_ops"], name="fields")
BTREE = BTreeIndex(fields=["-size"], name="btree")
UNIQUE = models.UniqueConstraint(Upper("name").desc(), name="upper")
UNIQUE_CLASS = models.UniqueConstraint(
    OpClass(Upper("name"), name="text_pattern_ops").desc(), name="upper_class"
)


@pytest.mark.parametrize(
    ("item", "keys"),
    [
        (INDEX, "(size)"),
        (NULLS, "(size NULLS FIRST)"),
        (CLASS, "(name)"),
        (FIELDS, "(size)"),
        (BTREE, "(size)"),
        (UNIQUE, "(upper("),
        (UNIQUE_CLASS, "(upper("),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_direction_and_operator_class_are_left_out_wherever_they_are_written(shed, item, keys):
    with shed.connection.schema_editor() as editor:
        add = editor.add_index if isinstance(item, models.Index) else editor.add_constraint
        add(Shed, item)
    [(definition,)] = shed.rows(f"SELECT indexdef FROM pg_indexes WHERE indexname = '{item.name}'")
    assert keys in definition
    assert "DESC" not in definition
    assert "_ops" not in definition
    assert shed.refusals() == []


NINE = [f"column_{number}" for number in range(9)]


def wide(number: int, **meta: Any) -> type[models.Model]:
    fields = {f"column_{each}": models.IntegerField() for each in range(number)}
    with isolate_apps("tests.dbauth.dsql.garage"):
        options = type("Meta", (), {"app_label": "garage", **meta})
        return type("Wide", (models.Model,), {"__module__": __name__, "Meta": options, **fields})


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (wide(9, indexes=[models.Index(fields=NINE, name="i")]), "takes 8 columns in an index"),
        (wide(9, unique_together=[NINE]), "takes 8 columns in an index"),
        (
            wide(
                25, indexes=[models.Index(fields=[f"column_{n}"], name=f"i{n}") for n in range(25)]
            ),
            "takes 24 indexes a table, and this one has 25",
        ),
        (wide(255), "takes 255 columns a table"),
        (wide(9, constraints=[models.UniqueConstraint(fields=NINE, name="u")]), "takes 8 columns"),
    ],
)
def test_a_table_past_dsqls_limits_is_refused_before_the_first_statement(cluster, model, words):
    with (
        pytest.raises(NotSupportedError, match=words),
        cluster.connection.schema_editor() as editor,
    ):
        editor.create_model(model)
    assert cluster.control.ddl() == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            migrations.AddIndex("Shed", models.Index(fields=["plan"], name="plan")),
            "has no indexes on jsonb",
        ),
        (
            migrations.AddIndex("Shed", BTreeIndex(fields=["size"], fillfactor=50, name="fill")),
            "has no storage parameters such as fillfactor = 50",
        ),
        (
            migrations.AddIndex("Shed", models.Index(Collate("name", "C").desc(), name="sorted")),
            "no collations in indexes",
        ),
        (TrigramExtension(), "has no CREATE EXTENSION"),
        (migrations.RunSQL("SELECT 1; TRUNCATE garage_shed"), "has no TRUNCATE"),
        (
            migrations.RunSQL("CREATE FUNCTION f() RETURNS int AS '' LANGUAGE plpgsql"),
            "has no PL/pgSQL",
        ),
        (migrations.RemoveField("Shed", "id"), "cannot drop a primary key"),
    ],
)
def test_a_migration_is_looked_through_for_what_dsql_lacks(shed, operation, words):
    migration = migrations.Migration("0002", "garage")
    migration.operations = [operation]  # type: ignore[misc] # as Django's own tests do
    state = ProjectState()
    fields = [(field.name, field.clone()) for field in Shed._meta.local_fields]
    migrations.CreateModel("Shed", fields).state_forwards("garage", state)
    with pytest.raises(NotSupportedError, match=words):
        migration.apply(state, Inspector(shed.connection), collect_sql=True)
    assert shed.control.ddl() == []


def test_dropped_columns_count_towards_the_limit_of_a_table(shed):
    drops = ", ".join(f"ADD COLUMN c{number} int" for number in range(250))
    shed.rows(f"ALTER TABLE garage_shed {drops}")
    shed.rows("ALTER TABLE garage_shed " + drops.replace("ADD", "DROP").replace(" int", ""))
    inspector = Inspector(shed.connection)
    inspector.add_field(Shed, named("first"))
    with pytest.raises(NotSupportedError, match="would be number 256"):
        inspector.add_field(Shed, named("second"))


def named(name: str) -> models.Field:
    field = models.IntegerField(default=0)
    field.set_attributes_from_name(name)
    field.model = Shed
    return field


def test_sql_of_several_statements_is_sent_one_by_one(shed):
    script = "CREATE TABLE one (id bigint PRIMARY KEY);\nINSERT INTO one VALUES (1); -- first\n"
    run(shed, migrations.RunSQL(script), atomic=False)
    assert shed.rows("SELECT id FROM one") == [(1,)]
    assert shed.refusals() == []


def test_a_python_operation_may_execute_what_is_no_ddl(shed):
    def code(apps: Any, editor: Any) -> None:
        editor.execute("SELECT 1")
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("INSERT INTO garage_shed (name, size) VALUES (%s, 1)", ["it's"])

    run(shed, migrations.RunPython(code))
    assert shed.rows("SELECT name FROM garage_shed") == [("it's",)]


def test_code_may_make_a_text_of_a_text(shed):
    def code(apps, editor):
        table = apps.get_model("garage", "Shed")._meta.db_table
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN name TYPE VARCHAR(255) COLLATE "C"')

    before = shed.catalog()
    run(shed, migrations.RunPython(code))
    assert shed.catalog() == before
    assert shed.refusals() == []


def test_ddl_in_a_python_operation_names_the_argument_that_it_takes(shed):
    def code(apps: Any, editor: Any) -> None:
        editor.execute("CREATE TABLE inside (id bigint PRIMARY KEY)")

    with pytest.raises(TransactionManagementError, match=r"RunPython\(\.\.\., atomic=False\)"):
        run(shed, migrations.RunPython(code))
    run(shed, migrations.RunPython(code, atomic=False))
    assert shed.rows("SELECT to_regclass('inside') IS NOT NULL") == [(True,)]


def test_a_constraint_is_validated_when_the_migration_says_so(shed):
    shed.rows("INSERT INTO garage_shed (name, size) VALUES ('a', 0)")
    rule = models.CheckConstraint(condition=models.Q(size__gt=0), name="positive")
    validated = "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"
    run(shed, AddConstraintNotValid("Shed", rule))
    assert shed.rows(validated) == [(False,)]
    shed.rows("UPDATE garage_shed SET size = 1")
    run(shed, ValidateConstraint("Shed", "positive"))
    assert shed.rows(validated) == [(True,)]
    assert shed.refusals() == []


def test_a_tablespace_is_ignored(cluster):
    with isolate_apps("tests.dbauth.dsql.garage"):
        options = type("Meta", (), {"app_label": "garage", "db_tablespace": "fast"})
        model = type("Quick", (models.Model,), {"__module__": __name__, "Meta": options})
    with cluster.connection.schema_editor() as editor:
        editor.create_model(model)
        editor.alter_db_tablespace(model, "fast", "slow")
    assert cluster.refusals() == []


def test_statements_are_logged_where_django_logs_its_own(shed, caplog):
    caplog.set_level(logging.DEBUG, "django.db.backends.schema")
    with shed.connection.schema_editor() as editor:
        editor.add_index(Shed, models.Index(fields=["size"], name="size"))
    assert any("CREATE INDEX ASYNC" in record.getMessage() for record in caplog.records)


def test_printed_sql_says_where_jobs_are_waited_for(shed):
    with shed.connection.schema_editor(collect_sql=True) as editor:
        editor.add_constraint(Shed, models.UniqueConstraint(fields=["name"], name="unique"))
        editor.add_index(Shed, models.Index(fields=["size"], name="size"))
    assert [line.split(" ON ")[0] for line in editor.collected_sql] == [
        'CREATE UNIQUE INDEX ASYNC "unique"',
        "-- Here its job is waited for: CALL sys.wait_for_job(...)",
        'CREATE INDEX ASYNC "size"',
        "-- Here all jobs that are not done yet are waited for.",
    ]


def test_senders_of_migrate_signals_may_leave_out_the_database():
    assert prepare in [each[1]() for each in pre_migrate.receivers]
    assert finish in [each[1]() for each in post_migrate.receivers]
    prepare(sender=object())
    finish(sender=object())
    finish(sender=object(), using=None)


def test_a_column_that_is_required_by_a_check_is_read_back_as_required(shed):
    with shed.connection.schema_editor() as editor:
        editor.add_field(Shed, named("later"))
    with shed.connection.cursor() as cursor:
        columns = shed.connection.introspection.get_table_description(cursor, "garage_shed")
    nullable = {each.name for each in columns if each.null_ok}
    assert nullable == {"plan"}


def test_rows_get_the_databases_default_when_a_column_becomes_required(shed):
    old = models.CharField(max_length=9, null=True, blank=True)
    new = models.CharField(max_length=9, blank=True, db_default="grey")
    for field in (old, new):
        field.set_attributes_from_name("colour")
        field.model = Shed
    with shed.connection.schema_editor() as editor:
        editor.add_field(Shed, old)
    shed.rows("INSERT INTO garage_shed (name, size) VALUES ('a', 1)")
    with shed.connection.schema_editor() as editor:
        editor.alter_field(Shed, old, new)
    assert shed.rows("SELECT colour FROM garage_shed") == [("grey",)]
