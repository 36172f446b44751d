"""`python -m benchmarks.warm`: CPU and wall time of a request, beside the peers.

Event dictionary in, answer dictionary out, each stack with everything that it does in between:
carsite with all of its middleware, authentication and permissions. Then what growth costs, and what
a hundred requests ask of the database. With --only, stacks alone, and nothing is written.

Needs benchmarks/requirements.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path

from benchmarks.names import FEW, MANY
from benchmarks.report import QUICK, save
from benchmarks.warm import counts, growth, peers, work
from benchmarks.warm.database import filled
from benchmarks.warm.variants import HANDLERS
from tests.rig.postgresql import PostgreSQL, running_postgresql

ROUNDS = 10 if QUICK else 30
# Counting a million rows takes default DRF 50 ms a page.
ROUNDS_OF_MANY = 8
ROUNDS_OF_GROWTH = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument(
        "--only", action="append", choices=HANDLERS, help="a stack; again for others"
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="carsite-warm-") as name,
        running_postgresql() as server,
    ):
        if given.only:
            with filled(server, Path(name), FEW) as cars:
                peers.show_figures(FEW, peers.measure(cars, given.only, given.rounds))
        else:
            everything(server, Path(name), given.rounds)


def everything(server: PostgreSQL, folder: Path, rounds: int) -> None:
    """All sections, shown and saved."""
    with contextlib.ExitStack() as stack:
        few = stack.enter_context(filled(server, folder, FEW))
        databases = [(few, rounds)]
        if not QUICK:
            many = stack.enter_context(filled(server, folder, MANY))
            databases.append((many, ROUNDS_OF_MANY))
            growing = growth.measure(few, many, folder, ROUNDS_OF_GROWTH)
            growth.show_growth(growing)
            save("growth", growing.data())
        requests = {}
        for cars, rounds_of_these in databases:
            figures = peers.measure(cars, list(HANDLERS), rounds_of_these)
            peers.show_figures(cars.count, figures)
            requests[str(cars.count)] = {name: each.data() for name, each in figures.items()}
        save("requests", requests)
        works = work.measure(server, few, folder)
        work.show_works(works)
        save("work", work.data(works))
    counted = counts.measure(server, folder)
    counts.show_counts(counted)
    save("hundred_requests", counts.data(counted))


if __name__ == "__main__":
    main()
