"""Text is one type on DSQL, whatever field it belongs to."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext, isolate_apps

from tests.dbauth.dsql.conftest import ALIAS
from tests.dbauth.dsql.models import Counter

with isolate_apps("tests.dbauth.dsql.garage"):

    class Note(models.Model):  # noqa: DJ008 - nobody prints it
        line = models.CharField(max_length=20, unique=True)

        class Meta:
            app_label = "garage"


@pytest.mark.parametrize(
    "field", [models.TextField(), models.CharField(max_length=5), models.SlugField(max_length=50)]
)
def test_a_text_becomes_another_kind_of_text_without_a_statement(cluster, field):
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Note)
    new = field.clone()
    new._unique = True
    new.set_attributes_from_name("line")
    new.model = Note
    with (
        CaptureQueriesContext(cluster.connection) as queries,
        cluster.connection.schema_editor() as editor,
    ):
        editor.alter_field(Note, Note._meta.get_field("line"), new)
    assert [each for each in queries.captured_queries if "ALTER" in each["sql"]] == []
    rows = cluster.rows(
        "SELECT data_type FROM information_schema.columns"
        " WHERE table_name = 'garage_note' AND column_name = 'line'"
    )
    assert rows == [("text",)]


@pytest.mark.parametrize(
    ("field", "result"),
    [
        (models.CharField(max_length=1), "B"),
        (models.SlugField(max_length=2), "Bo"),
        (models.CharField(), "Bob"),
        (models.TextField(), "Bob"),
    ],
)
def test_cast_to_a_field_with_a_length_cuts(cluster, field, result):
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Counter)
    rows: models.QuerySet = models.QuerySet(Counter, using=ALIAS)
    rows.create(name="Bob")
    assert rows.values_list(Cast("name", field), flat=True)[0] == result
