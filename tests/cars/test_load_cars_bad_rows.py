"""manage.py load_cars: bad rows stop it or go into the rejects file."""

from __future__ import annotations

import json

import pytest

from tests.cars.loads import HEADER, failing, load, mileages, numbered

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
    for field in ("make: ", "model: ", "year: ", "vin: ", "mileage: "):
        assert field in message


def test_of_many_bad_rows_ten_are_described(write):
    message = failing(write("cars.csv", numbered(50, bad=tuple(range(12)))))
    assert message.count("This field is required") == 10
    assert "... and 2 more" in message


def test_invalid_rows_are_skipped_into_a_file_that_loads_once_it_is_fixed(write):
    path = write("cars.csv", numbered(30, bad=(3, 13, 29)) + "VW,Golf\n")
    rejects = path.with_name("cars.csv.rejects.jsonl")
    printed = load(path, skip_invalid=True, batch_size=10)
    assert "line 5: year: This field is required." in printed
    assert f"cars.csv: 27 loaded, 0 already there, 4 rejected ({rejects})" in printed
    rows = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert rows[0] == {
        "make": "VW",
        "model": "Golf",
        "mileage": "3",
        "_line": 5,
        "_errors": {"year": ["This field is required."]},
    }
    assert [row["_line"] for row in rows] == [5, 15, 31, 32]
    for row in rows:
        row["year"] = 2015
    rejects.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "4 loaded, 0 already there" in load(rejects)
    assert sorted(mileages()) == sorted([*range(30), 0])


def test_rejects_are_written_anew_when_a_file_is_loaded_again(write):
    path = write("cars.csv", numbered(30, bad=(3,)))
    for _ in range(2):
        load(path, skip_invalid=True)
    assert len(path.with_name("cars.csv.rejects.jsonl").read_text().splitlines()) == 1


def test_rejects_that_were_fixed_are_renamed_by_the_next_load_and_not_lost(write):
    path = write("cars.csv", numbered(30, bad=(3,)))
    rejects = path.with_name("cars.csv.rejects.jsonl")
    for number in (1, 2):
        load(path, skip_invalid=True)
        fixed = rejects.read_text().replace("}}", f'}}, "year": {2000 + number}}}')
        rejects.write_text(fixed)
    printed = load(path, skip_invalid=True)
    assert f"it is now {rejects}.2" in printed
    for number in (1, 2):
        old = rejects.with_name(f"{rejects.name}.{number}")
        assert json.loads(old.read_text().splitlines()[0])["_line"] == 5


@pytest.mark.parametrize("content", ["precious", '{"make": "VW"}\n', "[1]\n", ""])
def test_a_file_of_another_kind_is_no_rejects_file(content, write):
    precious = write("precious.txt", content)
    path = write("cars.csv", numbered(3, bad=(1,)))
    message = failing(path, skip_invalid=True, rejects=precious)
    assert "a file that this command did not write" in message
    assert precious.read_text() == content
    assert mileages() == []


def test_the_rejects_file_may_be_elsewhere_and_is_not_made_without_need(write, tmp_path):
    path, rejects = write("cars.csv", numbered(3)), tmp_path / "bad.jsonl"
    load(path, skip_invalid=True, rejects=rejects)
    assert not rejects.exists()
    load(write("cars.csv", numbered(3, bad=(1,))), skip_invalid=True, rejects=rejects)
    assert json.loads(rejects.read_text())["_line"] == 3


def test_a_row_nested_too_deep_to_be_written_is_still_rejected(write, tmp_path):
    deep = "[" * 500 + "]" * 500
    path = write("cars.json", f'[{{"make": "VW", "model": "Golf", "color": {deep}}}]')
    load(path, skip_invalid=True)
    row = json.loads(path.with_name("cars.json.rejects.jsonl").read_text())
    assert (row["make"], row["model"]) == ("VW", "Golf")
    assert set(row["_errors"]) == {"year", "color"}


def test_nul_and_numbers_beyond_measure_are_bad_rows_and_no_tracebacks(write):
    path = write("cars.csv", f"{HEADER}V\0W,Golf,2015,\nVW,Golf,{'9' * 5000},\nVW,Golf,1e9,\n")
    assert "0 loaded, 0 already there, 3 rejected" in load(path, skip_invalid=True)
