"""manage.py load_cars: bad rows stop it or go into the rejects file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cars.loading.loads import GOLF, HEADER, failing, load, mileages, numbered

pytestmark = pytest.mark.django_db


def test_a_bad_row_stops_before_anything_of_its_batch_is_written(write):
    path = write("cars.csv", numbered(30, bad=(13, 17)))
    message = failing(path, batch_size=10)
    assert mileages() == list(range(10))
    assert "line 15: year: This field is required." in message
    assert "line 19: year: This field is required." in message
    assert "Nothing of this batch is stored." in message
    assert "Up to here: 10 loaded, 0 already there." in message
    assert "run the command again" in message


def test_a_file_that_is_fixed_after_it_stopped_is_completed(write):
    failing(write("cars.csv", numbered(30, bad=(13,))), batch_size=10)
    path = write("cars.csv", numbered(30))
    assert load(path, batch_size=10).startswith("cars.csv: 20 loaded, 10 already there\n")
    assert mileages() == list(range(30))


def test_every_field_that_is_wrong_is_named(write):
    message = failing(
        write("cars.json", [{"make": "", "year": 1800, "vin": "SHORT", "mileage": -1}])
    )
    for field in ("make: ", "model: ", 'year "1800": ', 'vin "SHORT": ', 'mileage "-1": '):
        assert field in message


def test_of_many_bad_rows_ten_are_described(write):
    message = failing(write("cars.csv", numbered(50, bad=tuple(range(12)))))
    assert message.count("This field is required") == 10
    assert "... and 2 more" in message


def test_bad_rows_of_csv_are_csv_that_loads_as_it_is_once_it_is_corrected(write):
    lines = "make;model;year;mileage;price\nVW;Golf;soon;1,987;9\nVW;Golf\nVW;Golf;2015;5;9;x;y\n"
    path = write("cars.csv", lines + 'VW;"Golf;2015;7;9\nVW;Golf;2015;8;9\n')
    rejects = path.with_name("cars.csv.rejects.csv")
    printed = load(path, skip_invalid=True)
    assert f"cars.csv: 1 loaded, 0 already there, 4 rejected ({rejects})" in printed
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert rows[0] == {
        "make": "VW",
        "model": "Golf",
        "year": "soon",
        "mileage": "1,987",
        "price": "9",
        "_line": "2",
        "_field": "year, mileage",
        "_reason": 'year "soon": A valid integer is required.; mileage "1,987": A valid integer'
        " is required. Write it without separators: 1987.",
        "_text": "",
        "_surplus": "",
    }
    assert [row["_line"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[2]["_surplus"] == "x;y"
    assert rows[3]["_text"] == 'VW;"Golf;2015;7;9\n'
    with rejects.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({**row, "make": "VW", "model": "Up", "year": 2015, "mileage": number})
    assert load(rejects) == (
        "Ignored columns: price.\ncars.csv.rejects.csv: 4 loaded, 0 already there\n"
    )
    assert mileages() == [8, 0, 1, 2, 3]


@pytest.mark.parametrize("name", ["cars.json", "cars.jsonl"])
def test_bad_rows_of_json_are_json_lines_that_load_once_they_are_corrected(name, write):
    cars = [GOLF, {**GOLF, "year": "soon"}, 17]
    lines = "".join(json.dumps(car) + "\n" for car in cars)
    path = write(name, cars if name == "cars.json" else lines)
    load(path, skip_invalid=True)
    rejects = path.with_name(f"{name}.rejects.jsonl")
    first, second = (json.loads(line) for line in rejects.read_text().splitlines())
    assert first["_reason"] == 'year "soon": A valid integer is required.'
    assert (first["_field"], first["year"]) == ("year", "soon")
    assert second["_text"] == "17"
    assert (first.get("_element"), second.get("_element")) == (
        (2, 3) if name == "cars.json" else (None, None)
    )
    rejects.write_text(json.dumps(first | {"year": 2016}) + "\n")
    assert load(rejects) == f"{rejects.name}: 1 loaded, 0 already there\n"


def test_the_extension_of_the_rejects_file_is_its_format(write, tmp_path):
    load(
        write("cars.csv", numbered(3, bad=(1,))), skip_invalid=True, rejects=tmp_path / "bad.jsonl"
    )
    assert json.loads((tmp_path / "bad.jsonl").read_text())["_line"] == 3
    message = failing(write("cars.json", [17]), skip_invalid=True, rejects=tmp_path / "bad.csv")
    assert "bad rows of JSON are JSON lines, name it .jsonl" in message


def test_rejects_are_written_again_when_a_file_is_loaded_again(write):
    path = write("cars.csv", numbered(30, bad=(3,)))
    for _ in range(2):
        load(path, skip_invalid=True)
    assert len(path.with_name("cars.csv.rejects.csv").read_text().splitlines()) == 2


def test_rejects_that_were_fixed_are_renamed_by_the_next_load_and_not_lost(write):
    path = write("cars.csv", numbered(30, bad=(3,)))
    rejects = path.with_name("cars.csv.rejects.csv")
    for number in (1, 2):
        load(path, skip_invalid=True)
        rejects.write_text(rejects.read_text().replace("VW,Golf,,", f"VW,Golf,200{number},"))
    printed = load(path, skip_invalid=True)
    assert f"it is now {rejects}.2" in printed
    for number in (1, 2):
        assert f"VW,Golf,200{number},3,5,year," in Path(f"{rejects}.{number}").read_text()


@pytest.mark.parametrize("content", ["precious", '{"make": "VW"}\n', "[1]\n", ""])
def test_a_file_of_another_kind_is_no_rejects_file(content, write):
    precious = write("precious.txt", content)
    path = write("cars.csv", numbered(3, bad=(1,)))
    message = failing(path, skip_invalid=True, rejects=precious)
    assert "a file that this command did not write" in message
    assert precious.read_text() == content
    assert mileages() == []


def test_the_rejects_file_is_not_made_without_need(write, tmp_path):
    load(write("cars.csv", numbered(3)), skip_invalid=True, rejects=tmp_path / "bad.csv")
    assert not (tmp_path / "bad.csv").exists()


def test_a_row_nested_too_deep_to_be_written_is_still_rejected(write, tmp_path):
    deep = "[" * 500 + "]" * 500
    path = write("cars.json", f'[{{"make": "VW", "model": "Golf", "color": {deep}}}]')
    load(path, skip_invalid=True)
    row = json.loads(path.with_name("cars.json.rejects.jsonl").read_text())
    assert (row["make"], row["model"]) == ("VW", "Golf")
    assert set(row["_field"].split(", ")) == {"year", "color"}


def test_nul_and_numbers_beyond_measure_are_bad_rows_and_no_tracebacks(write):
    path = write("cars.csv", f"{HEADER}V\0W,Golf,2015,\nVW,Golf,{'9' * 5000},\nVW,Golf,1e9,\n")
    assert "0 loaded, 0 already there, 3 rejected" in load(path, skip_invalid=True)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1,987", "Write it without separators: 1987."),
        ("120.000", "Write it without separators: 120000."),
        ("1 234 567", "Write it without separators: 1234567."),
        ("93215 km", "Write the number alone."),
        ("1,5", ""),
        ("many", ""),
    ],
)
def test_what_is_wrong_with_a_number_is_said(value, hint, write):
    message = failing(write("cars.csv", f'make,model,year,mileage\nVW,Golf,2015,"{value}"\n'))
    assert f'line 2: mileage "{value}": A valid integer is required. {hint}'.strip() in message


def test_an_error_of_an_array_in_one_line_has_the_number_of_its_element(write):
    message = failing(write("cars.json", [GOLF, {**GOLF, "year": "soon"}]))
    assert 'element 2 (line 1): year "soon": A valid integer is required.' in message
