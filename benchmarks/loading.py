"""`python -m benchmarks.loading`: cars a second, load_cars beside execute_values of the same rows.

Both are a fresh process from its start to its end, on the same empty table behind verified TLS.
load_cars also validates every row, skips what is there already and can be started again anywhere.

Needs benchmarks/requirements.txt.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import QUICK, save, show
from benchmarks.summary import Summary, summarise
from benchmarks.warm.database import Cars, filled
from benchmarks.warm.variants import ROOT
from tests.rig.environment import child
from tests.rig.postgresql import running_postgresql

ROWS = 10_000 if QUICK else 50_000
ROUNDS = 2 if QUICK else 3
LOAD_CARS, EXECUTE_VALUES = "load_cars", "execute_values"
HEADER = "make,model,year,vin,color,mileage\n"


def write_rows(path: Path) -> None:
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(ROWS):
            vin = f"CSV{number:014}" if number % 4 else ""
            file.write(
                f"Make {number % 20},Model {number % 100},{1990 + number % 37},{vin},red,{number}\n"
            )


def rate(cars: Cars, load: Callable[[], object]) -> float:
    """Cars a second. RuntimeError if not all of them have been stored."""
    cars.rows("TRUNCATE cars_car")
    started = time.perf_counter()
    load()
    taken = time.perf_counter() - started
    if cars.rows("SELECT count(*) FROM cars_car") != [(ROWS,)]:
        raise RuntimeError(f"not the {ROWS} cars")
    return ROWS / taken


def measure(folder: Path, cars: Cars) -> dict[str, Summary]:
    """Cars a second of both."""
    file = folder / "cars.csv"
    write_rows(file)
    peer = [sys.executable, "-m", "benchmarks.peers.execute_values", str(file)]
    ours = [sys.executable, "manage.py", "load_cars", str(file), "--verbosity=0"]
    environment = child(DATABASE_URL=cars.url)
    ways: dict[str, Callable[[], object]] = {
        LOAD_CARS: lambda: subprocess.run(
            ours, check=True, cwd=ROOT, env=child(cars.service.environment)
        ),
        EXECUTE_VALUES: lambda: subprocess.run(peer, check=True, env=environment),
    }
    samples: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            samples[name].append(rate(cars, ways[name]))
    return {name: summarise(taken) for name, taken in samples.items()}


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="carsite-loading-") as name,
        running_postgresql() as server,
        filled(server, Path(name), 0) as cars,
    ):
        rates = measure(Path(name), cars)
    fastest = rates[EXECUTE_VALUES].median
    show(
        f"Loading {ROWS:,} cars, median of {ROUNDS} and quartiles",
        ["", "cars a second", "of execute_values"],
        [[name, str(each), f"{each.median / fastest:.2f}"] for name, each in rates.items()],
    )
    save("loading_per_s", {name: each.rounded() for name, each in rates.items()})


if __name__ == "__main__":
    main()
