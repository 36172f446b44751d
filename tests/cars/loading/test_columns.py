"""Which column is which field, and that none is left out without a word."""

from __future__ import annotations

import json

import pytest

from cars.models import Car
from tests.cars.loading.loads import GOLF, failing, load

pytestmark = pytest.mark.django_db
VALUES = ("make", "model", "year", "vin", "color", "mileage")


def stored() -> list[tuple[object, ...]]:
    return list(Car.objects.order_by("created_at").values_list(*VALUES))


def test_columns_that_are_not_taken_are_named_once_before_anything_is_stored(write):
    path = write("cars.csv", "make,model,year,Series,Price\nVW,Golf,2015,x,1\nVW,Up,2015,x,1\n")
    printed = load(path, batch_size=1)
    assert printed == "Ignored columns: series, price.\ncars.csv: 2 loaded, 0 already there\n"


def test_a_key_that_comes_late_in_json_is_named_when_it_comes(write):
    path = write("cars.json", [{**GOLF, "price": 1}, {**GOLF, "price": 2, "doors": 5}])
    printed = load(path, batch_size=1)
    assert printed.startswith("Ignored columns: price.\nIgnored columns: doors.\n")


@pytest.mark.parametrize("name", ["cars.csv", "cars.json"])
def test_a_column_that_may_be_a_field_stops_the_load_with_options_to_paste(name, write):
    row = {"Make": "VW", "Model": "Golf", "Year": 2015, "Odometer": 9, "Ext. Colour": "red"}
    csv = f"{','.join(row)}\n{','.join(map(str, row.values()))}\n"
    path = write(name, csv if name == "cars.csv" else [row])
    message = failing(path)
    assert "--map 'ext. colour=color' --map odometer=mileage" in message
    assert "or leave them out: --ignore 'ext. colour' --ignore odometer" in message
    assert stored() == []
    load(path, map=["Odometer=mileage"], ignore=["ext. colour"])
    assert stored() == [("VW", "Golf", 2015, None, None, 9)]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        *[("Colour", "color"), ("exterior_color", "color"), ("paint color", "color")],
        *[("odometer", "mileage"), ("miles", "mileage"), ("Mileage(km)", "mileage")],
        *[("KM_Driven", "mileage"), ("millage", "mileage"), ("VIN (1-10)", "vin")],
        *[("VIN number", "vin"), ("chassis number", "vin")],
    ],
)
def test_other_names_and_typing_errors_are_proposed(column, field, write):
    message = failing(write("cars.csv", f"make,model,year,{column}\nVW,Golf,2015,\n"))
    assert f"{column.lower()} ({field}?)" in message


@pytest.mark.parametrize("column", ["series", "price", "trim", "body", "state", "fuel", "seller"])
def test_names_that_are_not_near_do_not_stop_a_load(column, write):
    assert "1 loaded" in load(write("cars.csv", f"make,model,year,{column}\nVW,Golf,2015,x\n"))


def test_a_column_is_not_in_doubt_where_its_field_is_given(write):
    header = "make,model,year,color,interior color,mileage,miles"
    assert "Ignored columns: interior color, miles." in load(
        write("cars.csv", f"{header}\nVW,Golf,2015,red,black,5,3\n")
    )
    assert stored() == [("VW", "Golf", 2015, None, "red", 5)]


def test_a_row_of_json_is_in_doubt_even_if_others_give_the_field(write):
    path = write("cars.json", [{**GOLF, "mileage": 1, "miles": 2}, {**GOLF, "miles": 3}])
    assert "miles (mileage?)" in failing(path)


def test_required_columns_that_are_missing_are_named_with_what_may_be_them(write):
    message = failing(write("cars.csv", "brand,Mode1,prod_year,note\nVW,Golf,2015,x\n"))
    assert "no column make, model, year; it has brand, mode1, prod_year, note." in message
    assert "--map brand=make --map mode1=model --map prod_year=year" in message
    assert "leave them out" not in message
    message = failing(write("cars.csv", "make,model,when\nVW,Golf,2015\n"))
    assert "Say which column it is: --map COLUMN=year" in message


def test_one_column_with_make_and_model_is_divided(write):
    rows = ["Land Rover Defender 110,2001", "VW Golf,2015", "Mercedes-Benz C 220 d,2019"]
    path = write("cars.csv", "name,year\n" + "\n".join(rows))
    assert "--map name=make+model" in failing(path)
    load(path, map=["name=make+model"])
    assert [row[:2] for row in stored()] == [
        ("Land Rover", "Defender 110"),
        ("VW", "Golf"),
        ("Mercedes-Benz", "C 220 d"),
    ]
    assert "model: This field is required." in failing(
        write("one.csv", "name,year\nVW,2015\n"), map=["name=make+model"]
    )


def test_a_column_that_is_mapped_wins_over_one_of_the_fields_own_name(write):
    path = write("cars.csv", "make,model,year,mileage,km_driven\nVW,Golf,2015,23.4 kmpl,9\n")
    assert "Ignored columns: mileage." in load(path, map=["km_driven=mileage"])
    assert stored()[0][-1] == 9


def test_a_column_that_is_mapped_and_not_there_is_said(write):
    path = write("cars.csv", "make,model,year\nVW,Golf,2015\n")
    assert "--map names km; the columns are make, model, year." in failing(path, map=["km=mileage"])
    printed = load(write("cars.json", [GOLF]), map=["km=mileage"])
    assert "--map names km, which no row has." in printed


@pytest.mark.parametrize("nothing", ["", " ", "NA", "n/a", "null", "-", "NaN", None])
def test_what_means_nothing_is_nothing_where_a_field_may_be_empty(nothing, write):
    row = {**GOLF, "vin": nothing, "color": nothing, "mileage": nothing}
    load(write("cars.json", [row, {"MAKE": "VW", "Model": "Golf", " year ": 2015}]))
    cells = "" if nothing is None else nothing
    load(
        write("cars.csv", f"make,model,year,vin,color,mileage\nVW,Golf,2015{f',{cells}' * 3}\n"),
        source="cars.json",
    )
    assert stored() == [("VW", "Golf", 2015, None, None, 0)] * 2


def test_what_means_nothing_is_a_text_where_a_field_is_required(write):
    load(write("cars.jsonl", json.dumps({**GOLF, "model": "-"})))
    assert stored()[0][1] == "-"
    message = failing(write("cars.jsonl", json.dumps({**GOLF, "model": None})))
    assert "model: This field is required." in message
