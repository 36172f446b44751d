"""cars.reading: what is the same for every format."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cars.reading import Source, UnreadableError, guess_format, read
from tests.cars.reading.reads import rows, unreadable

GOLF = {"make": "VW", "model": "Golf", "year": 2015}
GOLF_JSON = json.dumps(GOLF).encode()


def archive(name: str, content: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(name, content)
    return file.getvalue()


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
        ("cars.csv.gz", b"[", "csv"),
        ("cars.json.GZ", b"{", "jsonl"),
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
    assert "with --encoding" in message
    if format_name != "jsonl":
        assert rows(format_name, content.encode("latin-1"), encoding="latin-1")


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "utf-16-le", "mac-roman"])
@pytest.mark.parametrize("drop", [1, 7, 1 << 16])
def test_a_file_is_read_in_the_encoding_that_is_given(encoding, drop):
    content = "make,model,year\nCitroën,C3,2019\n".encode(encoding)
    (row,) = rows("csv", content, drop, encoding=encoding)
    assert (row.fields["make"], row.line) == ("Citroën", 2)


def test_what_is_not_in_the_encoding_that_is_given_is_an_error():
    content = "make,model,year\nVW,Golf,2015\n".encode("utf-16") + b"x"
    assert "it is not utf-16" in unreadable("csv", content, encoding="utf-16")


@pytest.mark.parametrize("drop", [1, 7, 1 << 16])
def test_gzip_is_read(drop):
    content = gzip.compress(b"make,model,year\nVW,Golf,2015\n") + gzip.compress(b"VW,Up,2016\n")
    assert [row.line for row in rows("csv", content, drop)] == [2, 3]


def test_a_gzip_that_is_incomplete_is_said_to_be():
    lines = "".join(f"VW,Golf,2015,{number * 7919}\n" for number in range(5_000))
    content = gzip.compress(b"make,model,year,mileage\n" + lines.encode())
    assert "damaged or incomplete" in unreadable("csv", content[: len(content) // 2])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (archive("[Content_Types].xml"), "an Excel workbook"),
        (archive("xl/workbook.xml"), "an Excel workbook"),
        (archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (archive("cars.csv"), "unzip -p FILE | manage.py load_cars -"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook"),
        (b"PAR1\x15", "Parquet"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"BZh91AY", "bzcat FILE | manage.py load_cars -"),
        (gzip.compress(archive("cars.csv")), "a zip archive"),
        (b"\n<!DOCTYPE html><html>", "a page of HTML"),
        (
            "\ufeffmake,model\n".encode("utf-16-le"),
            "UTF-16. Read it as it is with --encoding utf-16.",
        ),
        ("\ufeffmake,model\n".encode("utf-16-be"), "--encoding utf-16."),
        ("make,model\n".encode("utf-16-le"), "--encoding utf-16-le."),
        ("make,model\n".encode("utf-16-be"), "--encoding utf-16-be."),
    ],
    # Not the content: an archive holds the time at which it was made.
    ids=[
        *("xlsx", "xlsx by its workbook", "ods", "zip", "xls", "parquet", "sqlite", "bzip2"),
        *(
            "zip in gzip",
            "html",
            "utf-16-le",
            "utf-16-be",
            "utf-16-le without",
            "utf-16-be without",
        ),
    ],
)
@pytest.mark.parametrize("format_name", ["csv", "jsonl"])
def test_a_file_of_another_kind_is_named_with_a_remedy(format_name, content, kind):
    message = unreadable(format_name, content)
    assert message.startswith("this is ")
    assert kind in message


@pytest.mark.parametrize("count", [1, 20_000])
@pytest.mark.parametrize(
    ("format_name", "line"), [("csv", "make,model,year\r"), ("jsonl", '{"make": "VW"}\r')]
)
def test_lines_may_end_in_cr_alone_as_on_old_macs(format_name, line, count):
    found = rows(format_name, line + line.replace("make", "VW") * count)
    assert len(found) == count + (format_name == "jsonl")
    assert found[-1].line == count + 1


@pytest.mark.parametrize("drop", [1, 7, 1 << 16])
def test_a_cr_inside_of_a_cell_ends_no_line(drop):
    (row,) = rows("csv", 'make,model,note\nVW,Golf,"a\rb"\n', drop)
    assert row.fields["note"] == "a\rb"


@pytest.mark.parametrize(
    ("format_name", "beginning"),
    [("json", "[\n[1,"), ("jsonl", '{}\n{"make": "'), ("csv", "make,model,year\n")],
)
@pytest.mark.timeout(300)
def test_a_row_without_an_end_is_given_up_soon(format_name, beginning):
    assert "line 2: a row that begins here is longer than 1,048,576 bytes" in unreadable(
        format_name, beginning + "x," * 5_000_000
    )


PIECES = st.sampled_from(
    [
        *(bytes([sign]) for sign in b"[]{},;:\"'\\\n\r\t\0 \xff7"),
        b'{"make": "VW"}',
        b"make,model,year\n",
    ]
)


@given(
    pieces=st.lists(PIECES | st.binary(max_size=3), max_size=30),
    format_name=st.sampled_from(["csv", "json", "jsonl"]),
    drop=st.integers(1, 20),
)
def test_whatever_a_file_holds_it_ends_in_rows_or_in_a_clear_error(pieces, format_name, drop):
    content = (b"make,model,year\n" if format_name == "csv" else b"[") + b"".join(pieces)
    with contextlib.suppress(UnreadableError):
        found = rows(format_name, content, drop)
        lines = content.count(b"\n") + content.count(b"\r") + 1  # a CR alone ends one too
        assert [row.number for row in found] == list(range(1, len(found) + 1))
        assert all(1 <= row.line <= lines for row in found)


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
        for _ in read(Source(file), format_name).rows:
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
    # The small one fills every buffer too.
    write(small, 10_000)
    write(big, 30_000)
    peak(small, format_name)  # caches of the first use
    assert peak(big, format_name) < 1.2 * peak(small, format_name)
