"""`python -m benchmarks.warm`: CPU and wall time of a request, beside the peers.

Event dictionary in, answer dictionary out, each stack with everything that it does in between:
carsite with all of its middleware, authentication and permissions. Then what growth costs, and what
a hundred requests ask of the database. Two looks at a part of it write nothing: --only takes stacks
alone, and --growth-to compares 10,000 cars with as many as are given (10,000,000 take 10 GB).

Needs benchmarks/requirements.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path

from benchmarks.names import ADMIN, FEW, MANY
from benchmarks.report import QUICK, save
from benchmarks.warm import counts, growth, growth_work, peers, work
from benchmarks.warm.database import filled
from benchmarks.warm.variants import HANDLERS
from tests.rig.postgresql import PostgreSQL, running_postgresql

ROUNDS = 10 if QUICK else 30
# Counting a million rows takes default DRF 50 ms a page.
ROUNDS_OF_MANY = 8
ROUNDS_OF_GROWTH = 100
# Of any API request, from FEW cars to ten million, on the clock.
LONGEST_GROWTH = 1.25


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument(
        "--only", action="append", choices=HANDLERS, help="a stack; again for others"
    )
    parser.add_argument("--growth-to", type=int, metavar="CARS", help="the growth alone, to these")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="carsite-warm-") as name,
        running_postgresql() as server,
    ):
        if given.growth_to:
            grow(server, Path(name), given.growth_to, given.rounds)
        elif given.only:
            with filled(server, Path(name), FEW) as cars:
                peers.show_figures(FEW, peers.measure(cars, given.only, given.rounds))
        else:
            everything(server, Path(name), given.rounds)


def grow(server: PostgreSQL, folder: Path, count: int, rounds: int) -> None:
    """FEW cars beside `count` of them."""
    with filled(server, folder, FEW) as few, filled(server, folder, count) as many:
        # First: the cars that growth posts are read as well.
        works = {cars.count: growth_work.measure(server, cars, folder) for cars in (few, many)}
        growing = growth.measure(few, many, folder, rounds)
    growth.show_growth(growing)
    growth_work.show_works(works)
    ratios = {title: each.median for title, each in growing.ratios.items() if title != ADMIN}
    worst = max(ratios, key=lambda title: ratios[title])
    print(
        f"\nThe API request that grows most: {worst}, {ratios[worst]:.2f} (limit {LONGEST_GROWTH})"
    )


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
