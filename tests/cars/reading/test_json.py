"""cars.reading.json_array and json_lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cars.reading.reads import rows, unreadable

GOLF = {"make": "VW", "model": "Golf", "year": 2015}
GOLF_JSON = json.dumps(GOLF)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    cars=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
    drop=st.integers(1, 40),
)
def test_an_array_gives_its_elements_however_it_is_laid_out_and_wherever_it_is_cut(
    cars: list[dict[str, Any]], indent: int | None, ascii_only: bool, drop: int
) -> None:
    text = json.dumps(cars, indent=indent, ensure_ascii=ascii_only)
    assert [row.fields for row in rows("json", text, drop)] == cars


def test_an_array_says_at_which_line_each_element_begins():
    content = '[\n  {"make": "VW"}, {"make":\n "Opel"}\n\n  ,\n\n {"make": "Kia"}]\n'
    assert [(row.line, row.fields["make"]) for row in rows("json", content)] == [
        (2, "VW"),
        (2, "Opel"),
        (7, "Kia"),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        '{"make": "VW",}',
        '{"make": "VW\n}',
        '{"make": VW}',
        '{"make": "VW"]}',
        '{"make": "VW"}}',
        '{"make": NaN}',
        '{"make": "\\ud800"}',
        "",
        pytest.param("[" * 5000 + "]" * 5000, id="deep nesting"),
        "17",
        '"VW"',
        "null",
        "[1, 2]",
    ],
)
def test_a_bad_element_of_an_array_costs_only_itself(bad):
    content = f"[{GOLF_JSON},\n{bad},\n{GOLF_JSON}]"
    first, broken, last = rows("json", content)
    assert first.fields == last.fields == GOLF
    assert (list(broken.errors), broken.line, broken.fields) == (["row"], 2, {"_text": bad})


@pytest.mark.parametrize("bad", ['{"make":', "17", '"VW"', "null", "[1]", "[" * 5000, "\0"])
def test_a_bad_line_of_json_lines_costs_only_itself(bad):
    first, broken, last = rows("jsonl", f"{GOLF_JSON}\n{bad}\n{GOLF_JSON}")
    assert first.fields == last.fields == GOLF
    assert (list(broken.errors), broken.line, broken.fields) == (["row"], 2, {"_text": bad})


def test_a_mistake_in_json_is_found_at_its_own_line():
    (row,) = rows("json", '[\n{"make": "VW",\n\n"model" "Golf"}]')
    assert row.line == 2
    assert row.errors["row"][0].startswith("not valid JSON at line 4: ")


def test_an_empty_array_has_no_elements():
    assert rows("json", "[ \n ]\n") == []


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"cars": [{"make": "VW", "model":', "\"cars\" holds one. Take them out: jq -c '.cars[]'"),
        ('{\n  "count": 2,\n  "the cars": [\n    {"make"', "jq -c '.[\"the cars\"][]' FILE"),
        ('{"next": null, "previous": null, "results": [{"make', "this is a page of an API"),
        ('{"type": "FeatureCollection", "features": [{', "this is GeoJSON"),
        ('{"type": "Feature", "properties": {"make": "VW"}}', "this is GeoJSON"),
        ('[{"model": "cars.car", "pk": "1", "fields": {"make', "`manage.py dumpdata` writes"),
        ('{"model": "cars.car", "pk": "1", "fields": {"make": "VW"}}\n', "`manage.py loaddata`"),
        ('{\n  "make": "VW",\n  "model": "Golf"\n}\n', "an object over several lines"),
    ],
)
def test_json_that_is_no_list_of_cars_is_named_once(format_name, content, complaint):
    message = unreadable(format_name, content)
    assert complaint in message
    assert not message.startswith("line")


@pytest.mark.parametrize(
    "content",
    [
        '{"make": "VW", "photos": [{"url": "x"}]}\n',
        '{"name": "VW Golf", "photos": [{"url": "x"}]}\n{"name": "VW Up"}\n',
        '{"text": "a [{ in a text", "make": "VW"}\n',
    ],
)
def test_a_car_with_a_list_is_a_car(content):
    assert not any(row.errors for row in rows("jsonl", content))


def test_an_element_of_an_array_has_its_number():
    first, second = rows("json", '[{"make": "VW"},17]')
    assert (first.place, second.place) == ("element 1 (line 1)", "element 2 (line 1)")
    assert rows("jsonl", "17")[0].place == "line 1"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"make": "VW"}', "line 1: a JSON array begins with ["),
        ("make,model", "line 1: a JSON array begins with ["),
        ('[{"make": "VW"},\n{"make": ', "line 2: the file ends inside the array"),
        ('[{"make": "VW"}]\n[]', "line 2: something follows the array's end"),
        ('[{"make": "VW",\n{"make": "VW"}]', "line 1: the file ends inside the array"),
        ('[{"make": "VW"}, {"make": "\\', "line 1: the file ends inside the array"),
    ],
)
def test_an_array_without_its_brackets_is_an_error(content, complaint):
    assert complaint in unreadable("json", content)
