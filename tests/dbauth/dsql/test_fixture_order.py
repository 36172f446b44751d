"""Objects of a fixture are put in an order in which they can be stored."""

from __future__ import annotations

from typing import cast

from django.core.serializers.base import DeserializedObject
from django.db import models
from django.test.utils import isolate_apps

from dbauth.dsql.fixture_order import Entry, References, Row, find_missing

with isolate_apps("tests.dbauth.dsql.garage"):

    class Link(models.Model):  # noqa: DJ008 - nobody prints it
        next = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "garage"


def links(pairs: dict[int, int | None]) -> dict[int, Entry]:
    return {
        pk: Entry(DeserializedObject(cast(models.Model, Link(pk=pk, next_id=target))))
        for pk, target in pairs.items()
    }


def keys(entries: list[Entry]) -> list[int]:
    return [entry.row("id").value for entry in entries]


def test_each_comes_after_what_it_refers_to():
    ordered, circles = References(list(links({1: 2, 2: 3, 3: None, 4: 4}).values())).in_order()
    assert keys(ordered).index(3) < keys(ordered).index(2) < keys(ordered).index(1)
    assert 4 in keys(ordered)
    assert circles == []


def test_circles_and_what_leads_to_them_are_left_over():
    ordered, circles = References(list(links({1: 2, 2: 1, 3: 1, 4: None}).values())).in_order()
    assert keys(ordered) == [4]
    assert keys(circles) == [1, 2, 3]


def test_what_leads_to_a_missing_row_waits_by_whatever_way():
    references = References(list(links({1: 2, 2: 9, 3: 8, 4: None}).values()))
    stored = {8}
    missing = find_missing(references.outside, lambda model, column, values: stored & set(values))
    assert missing == {Row(Link, "id", 9)}
    ready, waiting = references.divided(missing)
    assert (keys(ready), keys(waiting)) == ([3, 4], [1, 2])
