"""The same requests to few cars and to many: what growth costs."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.names import ADMIN, CARSITE, GET_ONE, LAST_PAGE, LIST_50, LIST_200, POST
from benchmarks.report import show
from benchmarks.summary import Summary
from benchmarks.warm.admin import admin_list
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import OLDEST, OLDEST_MAKE, Cars
from benchmarks.warm.equality import decode
from benchmarks.warm.turns import Batch, in_turns, wall
from benchmarks.warm.variants import Worker, environment, running

BATCH = 5
FILTERS: tuple[dict[str, Any], ...] = (
    {"make": "Make 7"},
    {"model": "Model 7"},
    {"year": 2005},
    {"year_min": 2020},
    {"year_max": 1995},
    {"color": "red"},
    {"vin": "TEST0000000000999"},
    {"make": "Make 7", "model": "Model 7"},
    # Of these there are few among few cars, and a page must have as many from both databases.
    {"make": "Make 7", "year": 2005, "page_size": 10},
    {"make": "Make 7", "year_min": 2000, "year_max": 2010, "color": "red", "page_size": 10},
)

Growth = dict[str, dict[int, Summary]]


def measure(databases: Sequence[Cars], folder: Path, rounds: int) -> Growth:
    """Microseconds on the clock, by request and number of cars."""
    with contextlib.ExitStack() as stack:
        batches = [
            _batches(
                stack.enter_context(
                    running(CARSITE, environment(CARSITE, cars.url, folder / "static"))
                ),
                cars,
            )
            for cars in databases
        ]
        _check(batches)
        growth: Growth = {}
        for title in batches[0][1]:
            taken = in_turns([(worker, made[title]) for worker, made in batches], rounds)
            growth[title] = {
                cars.count: wall(samples) for cars, samples in zip(databases, taken, strict=True)
            }
    return growth


def _batches(worker: Worker, cars: Cars) -> tuple[Worker, dict[str, Batch]]:
    """The requests to one database, POST at the end: it makes the first page another."""
    ids, last, admin = cars.ids(100), _last_page(worker), admin_list(worker, cars.service)
    gets: dict[str, Any] = {
        LIST_50: get("/cars"),
        LAST_PAGE: last,
        LIST_200: get("/cars", page_size=200),
        **{_title(query): get("/cars", **query) for query in FILTERS},
        ADMIN: admin,
    }
    return worker, {
        GET_ONE: lambda: [get(f"/cars/{pk}") for pk in random.sample(ids, BATCH)],
        **{title: _always(event) for title, event in gets.items()},
        POST: lambda: [post(new_car()) for _ in range(BATCH)],
    }


def _check(batches: Sequence[tuple[Worker, Mapping[str, Batch]]]) -> None:
    """Raises RuntimeError where one database has fewer cars on a page than the other."""
    for query in FILTERS:
        sizes = {
            len(_page(worker, made[_title(query)]()[0])["results"]) for worker, made in batches
        }
        if len(sizes) > 1:
            raise RuntimeError(f"{_title(query)}: pages of {sizes} cars do not compare")


def _always(event: Any) -> Batch:
    return lambda: [event] * BATCH


def _title(query: Mapping[str, object]) -> str:
    return f"GET /cars by {', '.join(name for name in query if name != 'page_size')}"


def _last_page(worker: Worker) -> Any:
    """The request for the 50 oldest cars: cursors hold a place in the list, whatever the filter."""
    page = _page(worker, get("/cars", make=OLDEST_MAKE, page_size=OLDEST - 50))
    (cursor,) = parse_qs(urlsplit(page["next"]).query)["cursor"]
    last = get("/cars", cursor=cursor)
    found = _page(worker, last)
    if found["next"] or len(found["results"]) != 50:
        raise RuntimeError(f"this is not the last page: {found}")
    return last


def _page(worker: Worker, event: Any) -> Any:
    return json.loads(decode(worker.answer(event)))


def ratio(growth: Growth, title: str) -> float:
    """Wall time with the most cars over that with the fewest."""
    by_count = growth[title]
    return by_count[max(by_count)].median / by_count[min(by_count)].median


def data(growth: Growth) -> dict[str, Any]:
    """As results.json has it."""
    return {
        title: {str(count): summary.rounded() for count, summary in by_count.items()}
        for title, by_count in growth.items()
    }


def show_growth(growth: Growth) -> None:
    counts = sorted(next(iter(growth.values())))
    show(
        "carsite: microseconds on the clock, median and quartiles",
        ["", *(f"{count:,} cars" for count in counts), "ratio"],
        [
            [title, *(str(by_count[count]) for count in counts), f"{ratio(growth, title):.2f}"]
            for title, by_count in growth.items()
        ],
    )
