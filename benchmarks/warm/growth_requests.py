"""The requests that growth is measured by, to a database of any size."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.names import ADMIN, GET_ONE, LAST_PAGE, LIST_50, LIST_200, POST
from benchmarks.warm.admin import admin_list
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import OLDEST, OLDEST_MAKE, Cars
from benchmarks.warm.equality import decode
from benchmarks.warm.turns import Batch
from benchmarks.warm.variants import Worker

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


def batches_of(worker: Worker, cars: Cars) -> tuple[Worker, dict[str, Batch]]:
    """The requests to one database, POST at the end: it makes the first page another."""
    ids, last, admin = cars.ids(100), _last_page(worker), admin_list(worker, cars.service)
    gets: dict[str, Any] = {
        LIST_50: get("/cars"),
        LAST_PAGE: last,
        LIST_200: get("/cars", page_size=200),
        **{_title(query): get("/cars", **query) for query in FILTERS},
    }
    return worker, {
        GET_ONE: lambda: [get(f"/cars/{pk}") for pk in random.sample(ids, BATCH)],
        **{title: _always(event) for title, event in gets.items()},
        ADMIN: lambda: [admin],  # one takes as long as twenty of the others
        POST: lambda: [post(new_car()) for _ in range(BATCH)],
    }


def check_pages(batches: Sequence[tuple[Worker, Mapping[str, Batch]]]) -> None:
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
