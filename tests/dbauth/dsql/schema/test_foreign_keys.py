"""Foreign keys are checked at COMMIT, whichever statement made them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import IntegrityError, models, transaction
from django.test.utils import isolate_apps

from tests.dbauth.dsql.conftest import ALIAS, Cluster

PAGE = Path("docs/dsql.md")

with isolate_apps("tests.dbauth.dsql.garage"):

    class Publisher(models.Model):  # noqa: DJ008 - nobody prints it
        class Meta:
            app_label = "garage"

    class BareBook(models.Model):  # noqa: DJ008 - nobody prints it
        class Meta:
            app_label = "garage"
            db_table = "garage_book"

    class Book(models.Model):  # noqa: DJ008 - nobody prints it
        publisher = models.ForeignKey(Publisher, models.CASCADE, null=True)

        class Meta:
            app_label = "garage"

    class Hen(models.Model):  # noqa: DJ008 - nobody prints it
        egg = models.ForeignKey("Egg", models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "garage"

    class Egg(models.Model):  # noqa: DJ008 - nobody prints it
        hen = models.ForeignKey(Hen, models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "garage"


@pytest.fixture
def books(cluster: Cluster) -> Cluster:
    """Books whose foreign key was added later."""
    cluster.control.set_job_seconds(0)
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Publisher)
        editor.create_model(BareBook)
    with cluster.connection.schema_editor() as editor:
        editor.add_field(BareBook, Book._meta.get_field("publisher"))
    return cluster


def store_before_its_publisher(pk: int) -> None:
    with transaction.atomic(ALIAS):
        Book._default_manager.using(ALIAS).create(publisher_id=pk)
        Publisher._default_manager.using(ALIAS).create(pk=pk)


def test_a_key_that_is_added_later_lets_a_row_come_before_its_target(books):
    store_before_its_publisher(1)
    assert Book._default_manager.using(ALIAS).filter(publisher=1).count() == 1
    with pytest.raises(IntegrityError):
        Book._default_manager.using(ALIAS).create(publisher_id=2)
    assert books.refusals() == []


def test_the_step_in_the_documentation_makes_keys_of_earlier_releases_deferrable(books):
    name = books.rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")[0][0]
    books.rows(f'ALTER TABLE garage_book ALTER CONSTRAINT "{name}" NOT DEFERRABLE')
    with pytest.raises(IntegrityError):
        store_before_its_publisher(1)
    step = re.search(r"```sql\n(SELECT format\('ALTER TABLE.*?)```", PAGE.read_text(), re.DOTALL)
    assert step
    with books.connection.cursor() as cursor:
        cursor.execute(step[1].replace("\\gexec", ""))
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
    store_before_its_publisher(1)
    assert books.refusals() == []


def test_models_that_refer_to_each_other_get_their_keys_when_both_tables_exist(cluster):
    cluster.control.set_job_seconds(0)
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Hen)
        editor.create_model(Egg)
    assert cluster.rows(
        "SELECT conrelid::regclass::text, condeferred, convalidated FROM pg_constraint"
        " WHERE contype = 'f' ORDER BY 1"
    ) == [("garage_egg", True, True), ("garage_hen", True, True)]
    assert cluster.refusals() == []
