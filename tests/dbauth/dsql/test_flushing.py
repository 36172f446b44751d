"""Tables are emptied in an order that their foreign keys allow, in transactions that DSQL takes."""

from __future__ import annotations

import pytest
from django.core.management.color import no_style
from django.db import models, transaction
from django.test.utils import isolate_apps

from tests.dbauth.dsql.conftest import ALIAS, Cluster

with isolate_apps("tests.dbauth.dsql.garage"):

    class Zoo(models.Model):  # noqa: DJ008 - nobody prints it
        best = models.ForeignKey("Animal", models.SET_NULL, null=True, related_name="+")

        class Meta:
            app_label = "garage"

    class Animal(models.Model):  # noqa: DJ008 - nobody prints it
        zoo = models.ForeignKey(Zoo, models.CASCADE)

        class Meta:
            app_label = "garage"

    class Ticket(models.Model):  # noqa: DJ008 - nobody prints it
        zoo = models.ForeignKey(Zoo, models.CASCADE)

        class Meta:
            app_label = "garage"

    class Node(models.Model):  # noqa: DJ008 - nobody prints it
        parent = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "garage"

    class Left(models.Model):  # noqa: DJ008 - nobody prints it
        right = models.ForeignKey("Right", models.CASCADE, related_name="+")

        class Meta:
            app_label = "garage"

    class Right(models.Model):  # noqa: DJ008 - nobody prints it
        left = models.ForeignKey(Left, models.CASCADE, related_name="+")

        class Meta:
            app_label = "garage"


def create(cluster: Cluster, *tables: type[models.Model]) -> None:
    with cluster.connection.schema_editor() as editor:
        for table in tables:
            editor.create_model(table)


def flush(cluster: Cluster, *tables: type[models.Model], cascade: bool = False) -> None:
    operations = cluster.connection.ops
    names = [table._meta.db_table for table in tables]
    operations.execute_sql_flush(operations.sql_flush(no_style(), names, allow_cascade=cascade))


def count(cluster: Cluster, *tables: type[models.Model]) -> list[int]:
    return [table._default_manager.using(ALIAS).count() for table in tables]


@pytest.fixture
def zoo(cluster: Cluster) -> Cluster:
    cluster.control.set_job_seconds(0)
    create(cluster, Zoo, Animal, Ticket)
    with transaction.atomic(ALIAS):
        first = Zoo._default_manager.using(ALIAS).create()
        first.best = Animal._default_manager.using(ALIAS).create(zoo=first)
        first.save()
        Ticket._default_manager.using(ALIAS).create(zoo=first)
    return cluster


def test_a_circle_that_a_nullable_reference_closes_is_emptied(zoo):
    flush(zoo, Zoo, Animal, Ticket)
    assert count(zoo, Zoo, Animal, Ticket) == [0, 0, 0]
    assert zoo.refusals() == []


def test_what_refers_to_the_tables_is_emptied_with_them_where_that_is_allowed(zoo):
    flush(zoo, Animal, cascade=True)
    assert count(zoo, Zoo, Animal, Ticket) == [0, 0, 0]


def test_more_rows_that_refer_to_their_own_table_than_a_transaction_holds_are_deleted(cluster):
    create(cluster, Node)
    cluster.rows(
        "INSERT INTO garage_node (id, parent_id)"
        " SELECT n, n % 3500 + 1 FROM generate_series(1, 3500) n"
    )
    flush(cluster, Node)
    assert count(cluster, Node) == [0]
    assert cluster.refusals() == []


def test_a_circle_of_required_references_is_emptied_in_one_transaction(cluster):
    cluster.control.set_job_seconds(0)
    create(cluster, Left, Right)
    with transaction.atomic(ALIAS):
        Left._default_manager.using(ALIAS).create(id=1, right_id=1)
        Right._default_manager.using(ALIAS).create(id=1, left_id=1)
    flush(cluster, Left, Right)
    assert count(cluster, Left, Right) == [0, 0]
