"""manage.py load_cars: what becomes of a file, and of its options."""

from __future__ import annotations

import gzip

import pytest
from django.db import connection
from django.utils import timezone

from cars.models import Car
from tests.cars.loading.loads import GOLF, HEADER, VIN, failing, load, mileages, numbered

KNOWN = (
    'Already there are cars of earlier loads with the source name "cars.csv", and known VINs.'
    " If this is another file of that name, give it a --source of its own."
)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cars.csv", "Year;VIN;Make;Model;Color;Mileage\n1972;;Citroën;2CV;;93215\n"),
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
    assert load(path, batch_size=7) == f"cars.csv: 0 loaded, 25 already there\n{KNOWN}\n"
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


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"batch_size": 0}, "--batch-size is 0: use 1 to 1000"),
        ({"batch_size": 1001}, "--batch-size is 1001: use 1 to 1000"),
        ({"rejects": "bad.jsonl"}, "--rejects is for --skip-invalid"),
        ({"skip_invalid": True, "rejects": "{path}"}, "it would be overwritten"),
        ({"skip_invalid": True, "rejects": "/nowhere/bad.jsonl"}, "no file can be written there"),
        ({"skip_invalid": True, "rejects": "/"}, "no file can be written there"),
        ({"encoding": "klingon"}, "--encoding is klingon: unknown encoding"),
        ({"encoding": "hex"}, "--encoding is hex: 'hex' is not a text encoding"),
        ({"delimiter": ";;"}, "--delimiter is one character"),
        ({"map": ["mileage"]}, "--map is mileage: write COLUMN=FIELD"),
        ({"map": ["km=milage"]}, "FIELD is one of make, model, year, vin, color, mileage"),
        ({"map": ["km=mileage", "miles=mileage"]}, "--map names two columns for mileage"),
        ({"map": ["a=make+model", "b=make"]}, "--map names two columns for make"),
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
    assert failing() == "Name a file, or - for standard input."
    assert "--source is for one file" in failing("a.csv", "b.csv", source="cars")


def test_if_empty_loads_only_where_there_is_nothing(write):
    path = write("cars.csv", numbered(3))
    assert load(path, if_empty=True) == "cars.csv: 3 loaded, 0 already there\n"
    assert "nothing to load" in load(write("other.csv", numbered(4)), if_empty=True)
    assert Car.objects.count() == 3


def test_several_files_are_loaded_one_after_the_other(write):
    first, second = write("1.csv", numbered(3)), write("2.csv", numbered(2))
    assert load(first, second) == (
        "1.csv: 3 loaded, 0 already there\n2.csv: 2 loaded, 0 already there\n"
    )


def test_a_dry_run_says_what_would_be_and_writes_nothing(write, tmp_path):
    Car.objects.create(**GOLF, vin=VIN)
    rows = [
        *("VW,Golf,2015,,x", f"VW,Golf,2015,{VIN},x", f"VW,Polo,2015,{VIN[:-1]}2,x"),
        *(f"VW,Polo,2015,{VIN[:-1]}2,x", f"VW,Fox,2015,{VIN[:-1]}2,x", "VW,Up,soon,,x"),
    ]
    path = write("cars.csv", "make,model,year,vin,price\n" + "\n".join(rows))
    for options in ({}, {"skip_invalid": True}):
        printed = load(path, dry_run=True, **options)
        assert "Ignored columns: price." in printed
        assert 'line 7: year "soon": A valid integer is required.' in printed
        assert "line 6: vin: line 4 has this VIN with other values." in printed
        assert "line 5 says what line 4 says" in printed
        assert "cars.csv: 2 loaded, 1 already there, 1 repeated, 2 rejected (a dry run" in printed
    assert Car.objects.count() == 1
    assert [each.name for each in tmp_path.iterdir()] == ["cars.csv"]
    assert "2 loaded, 1 already there, 1 repeated, 2 rejected" in load(path, skip_invalid=True)


def test_a_file_that_is_packed_is_the_same_source(write, tmp_path):
    path = write("cars.csv", numbered(3))
    load(path)
    packed = tmp_path / "cars.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert load(packed).startswith("cars.csv: 0 loaded, 3 already there\n")


def test_a_file_in_another_encoding_is_continued_as_it_is(write, tmp_path):
    path = tmp_path / "cars.csv"
    path.write_bytes((numbered(15) + "Citroën,C3,2019,15\n").encode("latin-1"))
    message = failing(path, batch_size=10)
    assert "line 17: not UTF-8 (byte 0xeb)" in message
    assert "Up to here: 10 loaded" in message
    assert load(path, encoding="latin-1").startswith("cars.csv: 6 loaded, 10 already there\n")


def test_verbosity_0_prints_nothing(write):
    path = write("cars.csv", numbered(3, bad=(1,)))
    assert load(path, skip_invalid=True, verbosity=0) == ""
    assert load(path, if_empty=True, verbosity=0) == ""
    assert Car.objects.count() == 2


def test_a_database_without_tables_is_told_apart_from_rows_that_are_bad(write):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cars_car")
    message = failing(write("cars.csv", numbered(3)))
    assert "no such table" in message
    assert "Up to here: 0 loaded" in message
    assert "Run `manage.py migrate` first" in message


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
