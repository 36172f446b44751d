"""cars.reading: what is read of a file, and what is said about one that is no good."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cars.reading import Row, Source, UnreadableError, guess_format, read

GOLF = {"make": "VW", "model": "Golf", "year": 2015}
GOLF_JSON = json.dumps(GOLF).encode()


class Drip(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self.drop = size

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self.drop)


def rows(format_name: str, content: bytes | str, drop: int = 1 << 16) -> list[Row]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(Source(Drip(raw, drop)), format_name))


def unreadable(format_name: str, content: bytes | str) -> str:
    with pytest.raises(UnreadableError) as caught:
        rows(format_name, content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "first", "expected"),
    [
        ("cars.csv", b"[", "csv"),
        ("cars.TSV", b"m", "csv"),
        ("cars.jsonl", b"{", "jsonl"),
        ("cars.ndjson", b"{", "jsonl"),
        ("cars.json", b"[", "json"),
        ("cars.json", b"{", "jsonl"),
        ("cars.json", b"m", "json"),
        ("-", b"[", "json"),
        ("-", b"{", "jsonl"),
        ("cars.txt", b"m", "csv"),
    ],
)
def test_the_format_is_known_by_the_extension_or_the_first_character(name, first, expected):
    assert guess_format(name, first) == expected


@pytest.mark.parametrize("format_name", ["csv", "json", "jsonl"])
def test_a_byte_order_mark_and_blank_lines_before_the_first_row_are_no_part_of_it(format_name):
    content = {"csv": b"make,model,year\nVW,Golf,2015", "json": b"[" + GOLF_JSON + b"]"}
    raw = b"\xef\xbb\xbf\n \r\n" + content.get(format_name, GOLF_JSON)
    (row,) = rows(format_name, raw, drop=1)
    assert row.fields["model"] == "Golf"
    assert row.line == (4 if format_name == "csv" else 3)


@pytest.mark.parametrize("format_name", ["csv", "json", "jsonl"])
def test_a_file_with_nothing_in_it_is_said_to_be_empty(format_name):
    assert "there is nothing in this file" in unreadable(format_name, " \n\n")


@pytest.mark.parametrize("drop", [1, 7, 1 << 16])
def test_csv_takes_its_columns_in_any_order_and_case_and_brings_others_along(drop):
    content = "Dealer, YEAR ,Model,MAKE\r\nx,2015,Golf,VW\r\n\r\ny,1968,DS,Citroën\r\n"
    first, second = rows("csv", content, drop)
    assert first.fields == {"dealer": "x", "year": "2015", "model": "Golf", "make": "VW"}
    assert second.fields["make"] == "Citroën"
    assert [(row.number, row.line) for row in (first, second)] == [(1, 2), (2, 4)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter_out_from_the_header(delimiter):
    header = delimiter.join(["make", "note: a,b;c", '"model"', "year"])
    if delimiter != "\t":
        header = header.replace("note: a,b;c", '"note: a,b;c"')
    row = delimiter.join(["VW", "", "Golf", "2015"])
    assert rows("csv", f"{header}\n{row}\n")[0].fields == {
        "make": "VW",
        "model": "Golf",
        "year": "2015",
    }


def test_an_empty_cell_is_a_field_that_is_not_given():
    (row,) = rows("csv", "make,model,year,vin,color\nVW,Golf,2015,,  \n")
    assert set(row.fields) == {"make", "model", "year"}


def test_csv_counts_lines_over_quoted_newlines():
    content = 'make,model,year,note\nVW,Golf,2015,"two\nlines"\nVW,Polo,x,\n'
    assert [row.line for row in rows("csv", content)] == [2, 4]


def test_missing_columns_are_named_with_those_that_were_found():
    message = unreadable("csv", "Marke,model\nVW,Golf\n")
    assert message == "line 1: the header has no column make, year; it has marke, model."


def test_a_column_that_is_there_twice_is_refused():
    assert "the column make twice" in unreadable("csv", "make,model,year,Make\nVW,Golf,2015,Opel\n")


def test_rows_with_other_than_the_headers_number_of_cells_are_bad_ones():
    few, many, good = rows("csv", "make,model,year\nVW,Golf\nVW,Golf,2015,1,2\nVW,Golf,2015\n")
    assert few.errors == {"row": ["2 cells where the header has 3"]}
    assert many.errors == {"row": ["5 cells where the header has 3"]}
    assert many.fields["_surplus"] == ["1", "2"]
    assert not good.errors


def test_a_quote_that_is_missing_costs_a_few_rows_and_not_the_rest():
    content = 'make,model,year\nVW,"Golf,2015\nVW,"Polo",2016\nVW,Up,2017\n'
    broken, good = rows("csv", content)
    assert (broken.number, broken.line) == (1, 2)
    assert "not valid CSV" in broken.errors["row"][0]
    assert broken.fields == {"_text": 'VW,"Golf,2015\nVW,"Polo",2016\n'}
    assert (good.fields["model"], good.line) == ("Up", 4)


def test_a_cell_over_the_csv_modules_limit_is_a_bad_row():
    content = f"make,model,year\nVW,{'x' * (csv.field_size_limit() + 1)},2015\nVW,Golf,2015\n"
    big, good = rows("csv", content)
    assert "field limit" in big.errors["row"][0]
    assert not good.errors


def test_a_quote_that_never_ends_is_not_collected_without_end():
    content = 'make,model,year\nVW,"' + "a\n,b,\n" * 10 + '"\n' + '"","\n",' * 300_000
    assert "line 23: a row that begins here is longer than" in unreadable("csv", content)


@pytest.mark.parametrize(
    ("format_name", "content"),
    [
        ("csv", "make,model,year\nVW,Golf,2015\nCitroën,C3,2019\n"),
        ("jsonl", '{"make": "VW"}\n\n{"make": "Citroën"}\n'),
        ("json", '[{"make": "VW"},\n{\n"make": "Citroën"}]'),
    ],
)
def test_another_encoding_is_an_error_with_its_line(format_name, content):
    message = unreadable(format_name, content.encode("latin-1"))
    assert message.startswith("line 3: not UTF-8 (byte 0xeb)")
    assert "iconv" in message


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
    content = f"[{GOLF_JSON.decode()},\n{bad},\n{GOLF_JSON.decode()}]"
    first, broken, last = rows("json", content)
    assert first.fields == last.fields == GOLF
    assert (list(broken.errors), broken.line, broken.fields) == (["row"], 2, {"_text": bad})


@pytest.mark.parametrize("bad", ['{"make":', "17", '"VW"', "null", "[1]", "[" * 5000, "\0"])
def test_a_bad_line_of_json_lines_costs_only_itself(bad):
    first, broken, last = rows("jsonl", f"{GOLF_JSON.decode()}\n{bad}\n{GOLF_JSON.decode()}")
    assert first.fields == last.fields == GOLF
    assert (list(broken.errors), broken.line, broken.fields) == (["row"], 2, {"_text": bad})


def test_a_mistake_in_json_is_found_at_its_own_line():
    (row,) = rows("json", '[\n{"make": "VW",\n\n"model" "Golf"}]')
    assert row.line == 2
    assert row.errors["row"][0].startswith("not valid JSON at line 4: ")


def test_an_empty_array_has_no_elements():
    assert rows("json", "[ \n ]\n") == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"make": "VW"}', "line 1: a JSON array begins with ["),
        ('[{"make": "VW"},\n{"make": ', "line 2: the file ends inside the array"),
        ('[{"make": "VW"}]\n[]', "line 2: something follows the array's end"),
        ('[{"make": "VW",\n{"make": "VW"}]', "line 1: the file ends inside the array"),
        ('[{"make": "VW"}, {"make": "\\', "line 1: the file ends inside the array"),
    ],
)
def test_an_array_without_its_brackets_is_an_error(content, complaint):
    assert complaint in unreadable("json", content)


@pytest.mark.parametrize(
    ("format_name", "beginning"),
    [("json", "[\n[1,"), ("jsonl", '{}\n{"make": "'), ("csv", "make,model,year\n")],
)
@pytest.mark.timeout(30)
def test_a_row_without_an_end_is_given_up_soon(format_name, beginning):
    assert "line 2: a row that begins here is longer than 1,048,576 bytes" in unreadable(
        format_name, beginning + "x," * 5_000_000
    )


def write_csv(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write("make,model,year,vin\n")
        file.writelines(f"VW,Golf,2015,1HGCM82{i:010}\n" for i in range(count))


def write_lines(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.writelines(json.dumps({**GOLF, "mileage": i}) + "\n" for i in range(count))


def write_array(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write("[")
        file.writelines(json.dumps({**GOLF, "mileage": i}) + "," for i in range(count))
        file.write("{}]")


def peak(path: Path, format_name: str) -> int:
    """Bytes that reading the file needs at most."""
    with path.open("rb") as file:
        tracemalloc.start()
        for _ in read(Source(file), format_name):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    ("format_name", "write"), [("csv", write_csv), ("jsonl", write_lines), ("json", write_array)]
)
def test_memory_does_not_grow_with_the_file(
    format_name: str, write: Callable[[Path, int], None], tmp_path: Path
) -> None:
    small, big = tmp_path / "small", tmp_path / "big"
    write(small, 5_000)
    write(big, 100_000)
    peak(small, format_name)  # caches of the first use
    assert peak(big, format_name) < 1.2 * peak(small, format_name)
