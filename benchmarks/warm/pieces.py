"""`python -m benchmarks.warm.pieces`: what each prepared piece brings.

The service with one piece switched off answers the same requests as the whole, in turns; the last
row has all of them switched off. A piece that brings less than 5 % of every request is deleted.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.names import CARSITE, FEW
from benchmarks.report import QUICK, save, show
from benchmarks.warm.commits import requests
from benchmarks.warm.database import filled
from benchmarks.warm.turns import in_turns
from benchmarks.warm.variants import environment, running
from tests.rig.postgresql import running_postgresql

# Modules that ask cars.prepared whether they are switched on.
PIECES = {
    "rows as they are": "cars.prepared.views",
    "a serializer's fields": "cars.prepared.fields",
    "the SQL of filters": "cars.prepared.filters",
    "the INSERT": "cars.prepared.insert",
    "the format of a body and of an answer": "cars.prepared.negotiation",
    "sessions on demand": "carsite.http.sessions",
}
ROUNDS = 5 if QUICK else 30
WHOLE, NOTHING = "carsite", "nothing prepared"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm.pieces")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    given = parser.parse_args()
    off = {WHOLE: {}, **{name: {"SWITCHED_OFF": module} for name, module in PIECES.items()}}
    off[NOTHING] = {"CARS_PREPARED": "false"}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carsite-pieces-")))
        server = stack.enter_context(running_postgresql())
        cars = stack.enter_context(filled(server, folder, FEW))
        of_lambda = environment(CARSITE, cars.url, folder)
        workers = [
            stack.enter_context(running(CARSITE, of_lambda | variables, label=name))
            for name, variables in off.items()
        ]
        medians = {}
        for request, batch in requests(cars.ids(100)).items():
            taken = in_turns([(worker, batch) for worker in workers], given.rounds)
            medians[request] = [statistics.median(each.cpu for each in one) for one in taken]
    prices = {
        name: {request: round(values[index] / values[0], 2) for request, values in medians.items()}
        for index, name in enumerate(off)
        if name != WHOLE
    }
    show("CPU without a piece / with all of them, medians", *table(prices))
    save("pieces", prices)


def table(prices: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the section `pieces`, as the screen and the page show them."""
    rows = [
        [name, *(f"{ratio:.2f}" for ratio in by_request.values())]
        for name, by_request in prices.items()
    ]
    return ["without", *next(iter(prices.values()))], rows


if __name__ == "__main__":
    main()
