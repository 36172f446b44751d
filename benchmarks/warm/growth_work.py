"""What the requests of growth ask of few cars and of many: rows and blocks read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.names import CARSITE
from benchmarks.report import show
from benchmarks.warm.database import Cars
from benchmarks.warm.growth_requests import batches_of
from benchmarks.warm.variants import environment, running
from benchmarks.warm.work import Work, statements_logged, work_of
from tests.rig.postgresql import PostgreSQL

Works = Mapping[str, Work]


def measure(server: PostgreSQL, cars: Cars, folder: Path) -> Works:
    """The work of each request to one database."""
    with (
        statements_logged(cars),
        running(CARSITE, environment(CARSITE, cars.url, folder / "static")) as worker,
    ):
        _, batches = batches_of(worker, cars)
        works = {}
        for title, made in batches.items():
            warm, event = made()[0], made()[0]
            works[title] = work_of(worker, warm, event, server, cars)
        return works


def show_works(by_count: Mapping[int, Works]) -> None:
    """Two columns a database: the rows read, then the blocks."""
    titles = next(iter(by_count.values()))
    header = ["", *(f"{what}, {count:,} cars" for what in ("rows", "blocks") for count in by_count)]
    rows = [
        [
            title,
            *(f"{works[title].read:,}" for works in by_count.values()),
            *(f"{works[title].blocks:,}" for works in by_count.values()),
        ]
        for title in titles
    ]
    show("What growth reads", header, rows)
