"""A file that was not made for load_cars, loaded into each database and read through the API."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cars import pages
from tests.rig.service import Client, Service

pytestmark = pytest.mark.contract

# A dealer's export: other order, other columns, semicolons, capitals, a byte order mark.
COLUMNS = ["Stock no", "Color", "Year", "Price", "VIN", "Model", "Mileage", "Remarks", "Make"]
MODELS = [
    *[("Citroën", "C3"), ("Škoda", "Octavia"), ("Mercedes-Benz", "C 220 d"), ("BMW", "320i")],
    *[("Toyota", "Yaris"), ("Land Rover", "Defender 110"), ("Peugeot", "208"), ("Kia", "Niro")],
]
BAD: list[dict[str, Any]] = [
    *[{"Year": "MMXX"}, {"Year": ""}, {"Year": "1885"}, {"Year": "2019.5"}, {"Make": " "}],
    *[{"Model": "x" * 101}, {"VIN": "WVWZZZ1KZFI000001"}, {"VIN": "TOO SHORT"}],
    *[{"Mileage": "120 000"}, {"Mileage": "-5"}, {"Mileage": "1000000"}, {"Color": "c" * 51}],
]


def good_row(chance: random.Random, number: int) -> dict[str, Any]:
    make, model = chance.choice(MODELS)
    return {
        "Stock no": f"A-{number:04}",
        "Color": chance.choice(["silver", "blue", "British Racing Green", ""]),
        "Year": str(chance.randint(1995, 2024)),
        "Price": f"{chance.randint(900, 60_000):,} EUR",
        "VIN": f"TMB{chance.randrange(10**14):014}" if chance.random() < 0.7 else "",
        "Model": model,
        "Mileage": chance.choice(["", str(chance.randint(0, 250_000))]),
        "Remarks": chance.choice(["", 'says "as new"', "two\nlines", "a;b,c"]),
        "Make": make,
    }


@pytest.fixture
def export(tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The file, and its 400 good rows."""
    chance = random.Random(42)
    good = [good_row(chance, number) for number in range(400)]
    rows = list(good)
    for number, mistake in enumerate(BAD):
        rows.insert(number * 31, good_row(chance, 900 + number) | mistake)
    path = tmp_path / "Bestand.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path, good


def listed(client: Client, **filters: str | int) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"page_size": 37, **filters}.items())
    return [car for page in pages(client, f"/cars?{query}") for car in page["results"]]


def test_400_cars_of_a_foreign_file_are_listed_once_each_and_every_filter_counts_them(
    service: Service, client: Client, export: tuple[Path, list[dict[str, Any]]]
) -> None:
    path, good = export
    printed = service.manage("load_cars", str(path), "--skip-invalid", "--batch-size=50")
    assert "400 loaded, 0 already there, 12 rejected" in printed
    with path.with_name("Bestand.csv.rejects.csv").open(encoding="utf-8-sig") as file:
        rejected = list(csv.DictReader(file, delimiter=";"))
    for row, mistake in zip(rejected, BAD, strict=True):
        assert row["_field"] == ", ".join(column.lower() for column in mistake)

    cars = listed(client)
    assert len({car["id"] for car in cars}) == 400
    newest_first = [
        (
            car["make"],
            car["model"],
            car["year"],
            car["vin"] or "",
            car["color"] or "",
            car["mileage"],
        )
        for car in cars
    ]
    assert newest_first[::-1] == [
        (r["Make"], r["Model"], int(r["Year"]), r["VIN"], r["Color"], int(r["Mileage"] or 0))
        for r in good
    ]
    for column in ("Make", "Model", "Year", "Color", "VIN"):
        counts = Counter(row[column] for row in good if row[column])
        # Each VIN once is one car each: five say it.
        for value, count in counts.most_common(5 if column == "VIN" else None):
            assert len(listed(client, **{column.lower(): value})) == count
    recent = sum(2005 <= int(row["Year"]) <= 2010 for row in good)
    assert len(listed(client, year_min=2005, year_max=2010)) == recent

    again = service.manage("load_cars", str(path), "--skip-invalid")
    assert "0 loaded, 400 already there, 12 rejected" in again


def test_a_batch_of_bad_rows_alone_does_not_stop_what_follows(
    service: Service, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "mixed.csv"
    good = [f"Rover,{number},1970\n" for number in range(6)]
    path.write_text(
        "make,model,year\n" + "".join(good[:3]) + "Rover,P6,soon\n" * 3 + "".join(good[3:])
    )
    printed = service.manage("load_cars", str(path), "--skip-invalid", "--batch-size=3")
    assert "6 loaded, 0 already there, 3 rejected" in printed
    assert len(listed(client, make="Rover")) == 6
