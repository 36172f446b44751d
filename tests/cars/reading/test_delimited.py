"""cars.reading.delimited."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest

from cars.reading import Source, read
from tests.cars.reading.reads import rows, table, unreadable


@pytest.mark.parametrize("drop", [1, 7, 1 << 16])
def test_csv_takes_its_columns_in_any_order_and_case_and_brings_others_along(drop):
    content = "Dealer, YEAR ,Model,MAKE\r\nx,2015,Golf,VW\r\n\r\ny,1968,DS,Citroën\r\n"
    first, second = rows("csv", content, drop)
    assert first.fields == {"dealer": "x", "year": "2015", "model": "Golf", "make": "VW"}
    assert second.fields["make"] == "Citroën"
    assert [(row.number, row.line) for row in (first, second)] == [(1, 2), (2, 4)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_its_delimiter_out_from_the_header(delimiter):
    header = delimiter.join(["make", "note: a,b;c", '"model"', "year"])
    if delimiter != "\t":
        header = header.replace("note: a,b;c", '"note: a,b;c"')
    row = delimiter.join(["VW", "", "Golf", "2015"])
    assert rows("csv", f"{header}\n{row}\n")[0].fields == {
        "make": "VW",
        "model": "Golf",
        "year": "2015",
        "note: a,b;c": "",
    }


def test_csv_counts_lines_over_quoted_newlines():
    content = 'make,model,year,note\nVW,Golf,2015,"two\nlines"\nVW,Polo,x,\n'
    assert [row.line for row in rows("csv", content)] == [2, 4]


def test_the_delimiter_is_found_where_no_name_is_known():
    assert table("csv", "title;link;city\nGolf;x;y\n").columns == ["title", "link", "city"]


def test_a_line_that_names_the_delimiter_is_no_header():
    (row,) = rows("csv", "sep=|\r\nmake|model,year\r\nVW|Golf,2015\r\n")
    assert (row.fields, row.line) == ({"make": "VW", "model,year": "Golf,2015"}, 3)
    assert "no header" in unreadable("csv", "sep=;\n\n")


def test_a_delimiter_that_is_given_wins():
    assert table("csv", "make,model;year\n", delimiter=";").columns == ["make,model", "year"]


def test_empty_cells_and_rows_at_the_end_as_spreadsheets_write_them_are_none():
    content = "make,model,year,,\nVW,Golf,2015,,\n,,,,\nVW,Polo,2016\n ,,\n,,,,\n"
    golf, polo, blank = rows("csv", content)
    assert [(row.line, row.errors) for row in (golf, polo)] == [(2, {}), (4, {})]
    assert blank.fields == {"make": " ", "model": "", "year": ""}


def test_cells_that_are_empty_at_the_end_are_there_and_those_that_are_missing_are_not():
    empty, missing = rows("csv", "make,model,vin\nVW,Golf,,\nVW,Golf\n")
    assert (empty.fields, empty.errors) == ({"make": "VW", "model": "Golf", "vin": ""}, {})
    assert missing.errors == {"row": ["2 cells where the header has 3"]}


def test_columns_have_a_name_each_that_can_be_printed():
    content = "\ufeff\u200b,Ma\x1bke,price,Price\n1,VW,2,3\n"
    (row,) = rows("csv", content)
    assert row.fields == {"column 1": "1", "make": "VW", "price": "2", "price (2)": "3"}


def test_a_column_that_is_there_twice_is_refused():
    assert "the column make twice" in unreadable("csv", "make,model,year,Make\nVW,Golf,2015,Opel\n")


def test_rows_with_other_than_the_headers_number_of_cells_are_bad_ones():
    few, many, good = rows("csv", "make,model,year\nVW,Golf\nVW,Golf,2015,1,2\nVW,Golf,2015\n")
    assert few.errors == {"row": ["2 cells where the header has 3"]}
    assert many.errors == {"row": ["5 cells where the header has 3"]}
    assert many.fields["_surplus"] == ["1", "2"]
    assert not good.errors


def test_a_quote_that_is_missing_costs_its_line_and_not_the_rest():
    content = 'make,model,year\nVW,"Golf,2015\nVW,"Polo",2016\nVW,Up,2017\n'
    broken, *good = rows("csv", content)
    assert (broken.number, broken.line) == (1, 2)
    assert "not valid CSV" in broken.errors["row"][0]
    assert "is there a quote too many" in broken.errors["row"][0]
    assert broken.fields == {"_text": 'VW,"Golf,2015\n'}
    assert [(row.fields["model"], row.number, row.line) for row in good] == [
        ("Polo", 2, 3),
        ("Up", 3, 4),
    ]


@pytest.mark.parametrize("after", [0, 3, 250, 20_000])
@pytest.mark.parametrize("stray", ['"Ford,Focus,2015', 'Ford,Focus,"2015', 'Ford,Focus,"'])
def test_every_row_after_a_stray_quote_is_there(stray, after):
    lines = ["make,model,year", *["VW,Golf,2015"] * 4, stray, *["VW,Polo,2016"] * after]
    found = rows("csv", "\n".join(lines))
    assert [row.line for row in found] == list(range(2, 7 + after))
    assert [row.number for row in found if row.errors] == [5]
    assert found[4].fields["_text"].strip() == stray


def test_two_stray_quotes_do_not_make_one_row_of_those_between_them():
    content = 'make,model,year\nVW,"Golf,2015\nVW,Polo,2016\nVW",Up,2017\nVW,Fox,2018\n'
    assert [(row.line, bool(row.errors)) for row in rows("csv", content)] == [
        (2, True),
        (3, False),
        (4, False),
        (5, False),
    ]


def test_a_quoted_cell_may_have_many_lines():
    note = "a line\n" * 90
    content = f'make,model,year,note\nVW,Golf,2015,"{note}"\nVW,Polo,2016,\n'
    golf, polo = rows("csv", content)
    assert not golf.errors
    assert golf.fields["note"] == note
    assert (polo.number, polo.line) == (2, 93)


def test_a_cell_over_the_csv_modules_limit_is_a_bad_row():
    content = f"make,model,year\nVW,{'x' * (csv.field_size_limit() + 1)},2015\nVW,Golf,2015\n"
    big, good = rows("csv", content)
    assert "field limit" in big.errors["row"][0]
    assert not good.errors


class Counted:
    """Lines for csv.reader, counted as it takes them; a line that it takes again counts again."""

    taken = 0

    def __init__(self, lines):
        self.lines = iter(lines)

    def __iter__(self):
        return self

    def __next__(self):
        Counted.taken += 1
        return next(self.lines)


def test_lines_that_all_open_a_quote_are_read_no_more_than_a_hundred_times_each(monkeypatch):
    reader = csv.reader
    monkeypatch.setattr(Counted, "taken", 0)
    monkeypatch.setattr(csv, "reader", lambda lines, **options: reader(Counted(lines), **options))
    found = rows("csv", "make,model,year\n" + 'x",y,"\n' * 2_000)
    assert [row.number for row in found] == list(range(1, 2_001))
    # And a call for each record that is given up, or ends: without a bound, it is two million.
    assert 2_000 < Counted.taken <= 102 * 2_001


def test_long_lines_that_all_open_a_quote_are_not_collected_without_end():
    content = "make,model,year\n" + f'x{"y" * 20_000}",y,"\n' * 200
    stream = io.BytesIO(content.encode())
    tracemalloc.start()
    found = sum(1 for _ in read(Source(stream), "csv").rows)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 200
    assert most < 5_000_000
