"""The four requests, on all stacks, in turns."""

from __future__ import annotations

import contextlib
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.report import show
from benchmarks.summary import Summary, summarise
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import Cars
from benchmarks.warm.equality import check
from benchmarks.warm.variants import CARSITE, Sample, Worker, environment, running

MICROSECONDS = 1e6
GET_ONE, LIST_50, LIST_200, POST = "GET /cars/{id}", "GET /cars, 50", "GET /cars, 200", "POST /cars"
BATCH = {GET_ONE: 10, LIST_50: 10, LIST_200: 4, POST: 10}
WARM_UP = 3


@dataclass
class Figures:
    """One stack: what each request cost in microseconds, and the peak of its memory in MB."""

    cpu: dict[str, Summary] = field(default_factory=dict)
    wall: dict[str, Summary] = field(default_factory=dict)
    peak_megabytes: float = 0


def measure(cars: Cars, names: Sequence[str], rounds: int) -> dict[str, Figures]:
    """Figures by stack. Raises RuntimeError where the stacks do not give the same answers."""
    ids = cars.ids(100)
    with contextlib.ExitStack() as stack:
        workers = [
            stack.enter_context(running(name, environment(name, cars.url, Path())))
            for name in names
        ]
        check(workers, ids[0])
        figures = {worker.name: Figures() for worker in workers}
        # POST comes last: what it adds would make the lists of later rounds others.
        for request, events in _events(ids).items():
            _warm_up(workers, events)
            for name, samples in in_turns(workers, events, rounds).items():
                figures[name].cpu[request] = summarise([s.cpu for s in samples], MICROSECONDS)
                figures[name].wall[request] = summarise([s.wall for s in samples], MICROSECONDS)
        for worker in workers:
            figures[worker.name].peak_megabytes = worker.peak_megabytes
    return figures


def in_turns(
    workers: Sequence[Worker], events: Callable[[], Sequence[Any]], rounds: int
) -> dict[str, list[Sample]]:
    """The samples of each worker; `events` makes a batch, anew for each worker and round."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    for _ in range(rounds):
        for worker in random.sample(workers, len(workers)):
            samples[worker.name] += worker.call(events())
    return samples


def _events(ids: Sequence[str]) -> dict[str, Callable[[], list[Any]]]:
    return {
        GET_ONE: lambda: [get(f"/cars/{pk}") for pk in random.sample(ids, BATCH[GET_ONE])],
        LIST_50: lambda: [get("/cars")] * BATCH[LIST_50],
        LIST_200: lambda: [get("/cars", page_size=200)] * BATCH[LIST_200],
        POST: lambda: [post(new_car()) for _ in range(BATCH[POST])],
    }


def _warm_up(workers: Sequence[Worker], events: Callable[[], Sequence[Any]]) -> None:
    in_turns(workers, events, WARM_UP)


def show_figures(count: int, figures: Mapping[str, Figures]) -> None:
    """A table for each request, the ratios those of CPU medians."""
    for request in BATCH:
        rows = []
        for name, figure in figures.items():
            cpu = figure.cpu[request]
            ours = figures[CARSITE].cpu[request].median if CARSITE in figures else cpu.median
            rows.append([name, str(cpu), str(figure.wall[request]), f"{ours / cpu.median:.2f}"])
        show(
            f"{request}, {count:,} cars: microseconds, median and quartiles",
            ["", "CPU", "wall", "carsite / this"],
            rows,
        )
