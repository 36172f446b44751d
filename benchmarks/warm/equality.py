"""All stacks must give the same answers before anything is timed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.warm.calls import STAGE, get, new_car, post
from benchmarks.warm.variants import Worker

SERVERS_CHOICE = ("id", "created_at", "updated_at")  # of a new car
REFUSED = (400, 422)
BAD: tuple[dict[str, Any], ...] = (
    {"make": ""},
    {"make": "m" * 101},
    {"model": None},
    {"year": 1885},
    {"year": 2999},
    {"vin": "TOO-SHORT"},
    {"vin": "IOQ45678901234567"},
    {"color": "c" * 51},
    {"mileage": -1},
    {"mileage": 1_000_000},
)


def check(workers: Sequence[Worker], pk: str) -> None:
    """Raises RuntimeError that names the stacks, the request and both answers."""
    for title, event in {
        "GET one": get(f"/cars/{pk}"),
        "list 50": get("/cars"),
        "list 200": get("/cars", page_size=200),
        "a filtered list": get("/cars", make="Make 7", year_min=2000, year_max=2010, color="red"),
    }.items():
        _same(title, {worker.name: _body(worker, event, 200) for worker in workers})
    _same("the next page", {worker.name: _next_page(worker) for worker in workers})
    _same_new_cars(workers)


def _same_new_cars(workers: Sequence[Worker]) -> None:
    cars = {}
    for worker in workers:
        car = new_car()
        added = _body(worker, post(car), 201)
        stored = _body(worker, get(f"/cars/{added['id']}"), 200)
        _same("POST, and GET of it", {worker.name: added, f"{worker.name}, stored": stored})
        _body(worker, post(car), 400)  # the VIN is taken now
        cars[worker.name] = {key: added[key] for key in added if key not in SERVERS_CHOICE}
        cars[worker.name]["vin"] = None  # each added one of its own
        for bad in BAD:
            _body(worker, post(new_car() | bad), *REFUSED)
    _same("POST", cars)


def _next_page(worker: Worker) -> Any:
    """What the first page's link leads to."""
    link = urlsplit(_answer(worker, get("/cars"), 200)["next"])
    if link.path != f"/{STAGE}/cars":
        raise RuntimeError(f"{worker.name}: the next page is at {link.path}")
    return _body(worker, get("/cars", **dict(parse_qsl(link.query))), 200)


def decode(answer: Mapping[str, Any]) -> bytes:
    """The body's bytes."""
    body: str = answer["body"]
    return base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def _body(worker: Worker, event: Mapping[str, Any], *statuses: int) -> Any:
    """The car, or a page's cars: its links and its count are each stack's own."""
    body = _answer(worker, event, *statuses)
    return body.get("results", body)


def _answer(worker: Worker, event: Mapping[str, Any], *statuses: int) -> Any:
    answer = worker.answer(event)
    if answer["statusCode"] not in statuses:
        raise RuntimeError(f"{worker.name}: {answer} and not one of {statuses} for {event}")
    return json.loads(decode(answer))


def _same(title: str, bodies: Mapping[str, Any]) -> None:
    (first, expected), *others = bodies.items()
    for name, body in others:
        if body != expected:
            shown = "\n".join(f"{who}: {str(what)[:600]}" for who, what in bodies.items())
            raise RuntimeError(f"{title}: {name} differs from {first}.\n{shown}")
