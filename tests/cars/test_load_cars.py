"""manage.py load_cars, on SQLite in this process."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cars.loading import Loader
from cars.models import Car
from cars.reading import Row

pytestmark = pytest.mark.django_db

GOLF = {"make": "VW", "model": "Golf", "year": 2015}
VIN = "WVWZZZ1KZFW000001"
HEADER = "make,model,year,vin\n"


def load(*arguments: object, **options: Any) -> str:
    """What the command prints, on either stream."""
    output = io.StringIO()
    call_command("load_cars", *map(str, arguments), stdout=output, stderr=output, **options)
    return output.getvalue()


def failing(*arguments: object, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        load(*arguments, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


@pytest.fixture
def write(tmp_path: Path):
    """Writes a file of CSV or, for a list, of JSON; its path."""

    def _write(name: str, content: str | list[Any]) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return _write


def numbered(count: int, bad: tuple[int, ...] = ()) -> str:
    """CSV of `count` rows told apart by their mileage; those in `bad` have no year."""
    lines = [f"VW,Golf,{'' if i in bad else 2015},{i}\n" for i in range(count)]
    return "make,model,year,mileage\n" + "".join(lines)


def mileages() -> list[int]:
    """Of the cars that are there, in the order they were loaded."""
    return list(Car.objects.order_by("created_at", "id").values_list("mileage", flat=True))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cars.csv", "Year;VIN;Make;Model;Colour;Mileage\n1972;;Citroën;2CV;;93215\n"),
        ("cars.json", '[{"make": "Citroën", "model": "2CV", "year": 1972, "mileage": 93215}]'),
        ("cars.jsonl", '{"make": "Citroën", "model": "2CV", "year": 1972, "mileage": 93215}\n'),
    ],
)
def test_every_format_makes_the_same_car(name, content, write):
    assert load(write(name, content)) == f"{name}: 1 loaded, 0 already there\n"
    assert Car.objects.values("make", "model", "year", "vin", "color", "mileage").get() == {
        "make": "Citroën",
        "model": "2CV",
        "year": 1972,
        "vin": None,
        "color": None,
        "mileage": 93215,
    }


def test_a_format_that_is_named_wins_over_the_extension(write):
    load(write("cars.csv", [GOLF]), format="json")
    assert Car.objects.count() == 1


def test_cars_keep_the_files_order_and_none_is_from_the_future(write):
    before = timezone.now()
    load(write("cars.csv", numbered(250)), batch_size=100)
    assert mileages() == list(range(250))
    times = set(Car.objects.values_list("created_at", flat=True))
    assert len(times) == 250
    assert max(times) <= timezone.now()
    assert (before - min(times)).total_seconds() < 1


def test_a_file_that_is_loaded_again_adds_nothing(write):
    path = write("cars.csv", numbered(25))
    load(path, batch_size=10)
    assert load(path, batch_size=7) == "cars.csv: 0 loaded, 25 already there\n"
    assert Car.objects.count() == 25


def test_equal_rows_without_a_vin_are_different_cars(write):
    path = write("cars.json", [GOLF, GOLF, {**GOLF, "vin": None}])
    load(path)
    load(path)
    assert Car.objects.count() == 3


def test_another_format_of_the_same_rows_is_the_same_source_if_so_named(write):
    load(write("cars.csv", HEADER + "VW,Golf,2015,\n"), source="dealer")
    load(write("cars.json", [{**GOLF, "vin": None}]), source="dealer")
    assert Car.objects.count() == 1
    load(write("other.json", [GOLF]))
    assert Car.objects.count() == 2


def test_a_vin_is_stored_once_whoever_made_its_car(write):
    Car.objects.create(**GOLF, vin=VIN)
    other = VIN[:-1] + "2"
    path = write(
        "cars.csv", f"{HEADER}VW,Polo,2015,{VIN}\nVW,Up,2015,{other}\nVW,Up,2016,{other}\n"
    )
    assert load(path) == "cars.csv: 1 loaded, 2 already there\n"
    assert set(Car.objects.values_list("model", "year")) == {("Golf", 2015), ("Up", 2015)}


def test_a_bad_row_stops_before_anything_of_its_batch_is_written(write):
    path = write("cars.csv", numbered(30, bad=(13, 17)))
    message = failing(path, batch_size=10)
    assert mileages() == list(range(10))
    assert "line 15: year: This field is required." in message
    assert "line 19: year: This field is required." in message
    assert "Nothing of this batch is stored." in message
    assert "Up to here: 10 loaded, 0 already there." in message
    assert "run the same command again" in message


def test_a_file_that_is_mended_after_it_stopped_is_completed(write):
    failing(write("cars.csv", numbered(30, bad=(13,))), batch_size=10)
    path = write("cars.csv", numbered(30))
    assert load(path, batch_size=10) == "cars.csv: 20 loaded, 10 already there\n"
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


def test_invalid_rows_are_skipped_into_a_file_that_loads_once_it_is_mended(write):
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


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"batch_size": 0}, "--batch-size is 0: use 1 to 1000"),
        ({"batch_size": 1001}, "--batch-size is 1001: use 1 to 1000"),
        ({"rejects": "bad.jsonl"}, "--rejects is for --skip-invalid"),
        ({"skip_invalid": True, "rejects": "{path}"}, "it would be overwritten"),
        ({"skip_invalid": True, "rejects": "/nowhere/bad.jsonl"}, "No such file or directory"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, complaint, write):
    path = write("cars.csv", numbered(2, bad=(1,)))
    if "rejects" in options:
        options = {**options, "rejects": options["rejects"].format(path=path)}
    assert complaint in failing(path, **options)
    assert Car.objects.count() == 0
    assert path.read_text() == numbered(2, bad=(1,))


def test_files_that_cannot_be_read_are_named(write, tmp_path):
    assert "nothing.csv cannot be read: No such file or directory" in failing("nothing.csv")
    assert "cannot be read: Is a directory" in failing(tmp_path)
    assert "there is nothing in this file" in failing(write("empty.csv", ""))
    assert "no column make, model" in failing(write("cars.csv", "a,year\n"), skip_invalid=True)


def test_if_empty_loads_only_where_there_is_nothing(write):
    path = write("cars.csv", numbered(3))
    assert load(path, if_empty=True) == "cars.csv: 3 loaded, 0 already there\n"
    assert "nothing to load" in load(write("other.csv", numbered(4)), if_empty=True)
    assert Car.objects.count() == 3


def test_verbosity_0_prints_nothing(write):
    path = write("cars.csv", numbered(3, bad=(1,)))
    assert load(path, skip_invalid=True, verbosity=0) == ""
    assert load(path, if_empty=True, verbosity=0) == ""
    assert Car.objects.count() == 2


def test_without_a_terminal_there_is_a_line_every_ten_thousand_rows(write, monkeypatch):
    monkeypatch.setattr("cars.loading.progress.ROWS_BETWEEN_LINES", 100)
    printed = load(write("cars.csv", numbered(350)), batch_size=50)
    assert [line.partition(" rows (")[0] for line in printed.splitlines()[:-1]] == [
        "100",
        "200",
        "300",
    ]


def test_a_database_without_tables_is_told_apart_from_rows_that_are_bad(write):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cars_car")
    message = failing(write("cars.csv", numbered(3)))
    assert "no such table" in message
    assert "Up to here: 0 loaded" in message


def test_a_batch_is_one_look_and_one_insert_in_one_transaction():
    rows = [Row(i, i, {**GOLF, "mileage": i, "vin": f"{VIN[:-2]}{i}"}) for i in range(10, 90)]
    with CaptureQueriesContext(connection) as queries:
        list(Loader("cars", 100).load(rows, on_invalid=print))
    statements = [query["sql"].split()[0] for query in queries]
    assert statements == ["SAVEPOINT", "SELECT", "INSERT", "RELEASE"]


def test_memory_does_not_grow_with_the_number_of_rows(write, settings):
    settings.DEBUG = True  # then Django remembers statements

    def peak(count: int) -> int:
        # Long lines, so that the small file too is more than one chunk. What grows is garbage
        # that is still to be collected.
        path = write(f"{count}.csv", numbered(count).replace("VW", "V" * 100))
        tracemalloc.start()
        load(path, batch_size=100)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(200)  # caches of the first use
    assert peak(6_000) < 1.6 * peak(1_000)


def test_the_sample_is_valid_and_complete(root):
    printed = load(root / "cars" / "sample" / "cars.csv")
    assert printed == "cars.csv: 67 loaded, 0 already there\n"
    assert all(
        check_digit(vin) == vin[8] for vin in Car.objects.values_list("vin", flat=True) if vin
    )


def check_digit(vin: str) -> str:
    """49 CFR 565.15(c)."""
    values = dict(
        zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True)
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(int(values[sign]) * weight for sign, weight in zip(vin, weights, strict=True)) % 11
    return "X" if rest == 10 else str(rest)
