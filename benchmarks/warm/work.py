"""What each request asks of the database: statements, and the rows and blocks that they read.

That is what Aurora DSQL bills, whatever the processor does. PostgreSQL logs the statements of one
warm request, and EXPLAIN ANALYZE of each says how many rows its scans met, and in how many blocks
of tables and indexes. Entries that an index leaves out by itself are seen in the blocks alone.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.names import (
    ADMIN,
    ADMIN_CAR,
    ADMIN_FILTERED,
    ADMIN_SEARCH,
    BY_COLOR,
    BY_MAKE,
    BY_MODEL,
    BY_VIN,
    BY_YEAR,
    CARSITE,
    DEFAULT_DRF,
    FASTAPI_ASYNC,
    FEW,
    FILTERED,
    GET_ONE,
    LIST_50,
    NEXT_PAGE,
    POST,
)
from benchmarks.report import show
from benchmarks.warm.admin import admin_list
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import Cars, filled
from benchmarks.warm.equality import decode
from benchmarks.warm.variants import Event, Worker, environment, running
from tests.rig.postgresql import PostgreSQL, running_postgresql

STACKS = (CARSITE, FASTAPI_ASYNC, DEFAULT_DRF)
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")
SEVERAL: dict[str, Any] = {"make": "Make 7", "year_min": 2000, "year_max": 2010}


@dataclass(frozen=True)
class Work:
    """What one request caused; `answered` counts the cars in its answer, None for a page."""

    statements: int
    read: int
    blocks: int
    answered: int | None


Works = dict[str, dict[str, Work]]


def measure(server: PostgreSQL, cars: Cars, folder: Path) -> Works:
    """The work by stack and request."""
    works: Works = {}
    with statements_logged(cars):
        for name in STACKS:
            with running(name, environment(name, cars.url, folder / "static")) as worker:
                works[name] = {
                    title: work_of(worker, warm, event, server, cars)
                    for title, warm, event in _requests(worker, cars)
                }
    return works


@contextlib.contextmanager
def statements_logged(cars: Cars) -> Iterator[None]:
    """For who connects while the block lasts."""
    ((database,),) = cars.rows("SELECT current_database()")
    cars.rows(f"ALTER DATABASE {database} SET log_statement = 'all'")
    try:
        yield
    finally:
        cars.rows(f"ALTER DATABASE {database} RESET log_statement")


def _requests(worker: Worker, cars: Cars) -> Iterator[tuple[str, Event, Event]]:
    """Name, a request of this kind to warm up with, and the one that counts."""
    events: dict[str, Event] = {
        GET_ONE: get(f"/cars/{cars.ids(1)[0]}"),
        LIST_50: get("/cars"),
        NEXT_PAGE: next_page(worker),
        BY_MAKE: get("/cars", make="Make 7"),
        BY_MODEL: get("/cars", model="Model 7"),
        BY_YEAR: get("/cars", year=2005),
        BY_COLOR: get("/cars", color="red"),
        BY_VIN: get("/cars", vin="TEST0000000000999"),
        FILTERED: get("/cars", **SEVERAL),
    }
    if worker.name == CARSITE:
        page = admin_list(worker, cars.service)
        events |= {
            ADMIN: page,
            ADMIN_FILTERED: _below(page, "/admin/cars/car/", make="Make 7"),
            ADMIN_SEARCH: _below(page, "/admin/cars/car/", q="Make 7"),
            ADMIN_CAR: _below(page, f"/admin/cars/car/{cars.ids(1)[0]}/change/"),
        }
    for title, event in events.items():
        yield title, event, event
    yield POST, post(new_car()), post(new_car())


def _below(page: Event, path: str, **query: object) -> Event:
    """Another page of the admin, in the same session."""
    headers = [
        (name, value) for name, values in page["multiValueHeaders"].items() for value in values
    ]
    return get(path, headers, **query)


def next_page(worker: Worker) -> Event:
    """The request for the second page of all cars."""
    link = json.loads(decode(worker.answer(get("/cars"))))["next"]
    # A cursor or a number of a page.
    return get("/cars", **dict(parse_qsl(urlsplit(link).query)))


def work_of(worker: Worker, warm: Event, event: Event, server: PostgreSQL, cars: Cars) -> Work:
    """What `event` causes, once a request like it has warmed the worker up."""
    worker.call([warm])
    log = server.data.parent / "postgres.log"
    start = log.stat().st_size
    answer = worker.answer(event)
    if answer["statusCode"] not in (200, 201):
        raise RuntimeError(f"{worker.name}: {answer}")
    with log.open("rb") as file:
        file.seek(start)
        statements = STATEMENT.findall(file.read().decode())
    plans = [plan for statement in statements for plan in _plans(statement, cars)]
    return Work(
        statements=len(statements),
        read=round(sum(_met(node) for plan in plans for node in _nodes(plan))),
        blocks=sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans),
        answered=_cars_in(answer),
    )


def _cars_in(answer: Mapping[str, Any]) -> int | None:
    if "json" not in str(answer.get("multiValueHeaders") or answer.get("headers")):
        return None
    body = json.loads(decode(answer))
    return 0 if answer["statusCode"] == 201 else len(body.get("results", [body]))


def _plans(statement: str, cars: Cars) -> list[Mapping[str, Any]]:
    """Of SELECT alone: an INSERT reads none, and what else is over cannot be asked again."""
    if not statement.lstrip().upper().startswith("SELECT"):
        return []
    ((plans,),) = cars.rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
    return [plan["Plan"] for plan in plans]


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _met(node: Mapping[str, Any]) -> float:
    """The rows that a scan of a table found, those that it left out afterwards included."""
    if "Relation Name" not in node:
        return 0
    left_out = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in left_out)
    return float(rows * node["Actual Loops"])


def data(works: Works) -> dict[str, Any]:
    """As results.json has it."""
    return {
        stack: {title: asdict(work) for title, work in by_request.items()}
        for stack, by_request in works.items()
    }


def table(section: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the section `work`, as the screen and the page show them."""
    ours = section[CARSITE]
    header = ["statements, rows read", "cars in the answer", *section]
    rows = [
        [
            title,
            "-" if work["answered"] is None else str(work["answered"]),
            *(_pair(by_request.get(title)) for by_request in section.values()),
        ]
        for title, work in ours.items()
    ]
    return header, rows


def _pair(work: Mapping[str, Any] | None) -> str:
    return f"{work['statements']}, {work['read']:,}" if work else "-"


def show_works(works: Works) -> None:
    """The table on the screen."""
    show("What a request asks of the database", *table(data(works)))


def main() -> None:
    """`python -m benchmarks.warm.work`: the table alone, and nothing is written."""
    with (
        tempfile.TemporaryDirectory(prefix="carsite-work-") as name,
        running_postgresql() as server,
        filled(server, Path(name), FEW) as cars,
    ):
        show_works(measure(server, cars, Path(name)))


if __name__ == "__main__":
    main()
