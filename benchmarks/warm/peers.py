"""The four requests, on all stacks."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.names import CARSITE, GET_ONE, LIST_50, LIST_200, POST
from benchmarks.report import show
from benchmarks.summary import Summary
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import Cars
from benchmarks.warm.equality import check
from benchmarks.warm.turns import Batch, cpu, in_turns, wall
from benchmarks.warm.variants import environment, running

BATCH = {GET_ONE: 10, LIST_50: 10, LIST_200: 4, POST: 10}


@dataclass
class Figures:
    """One stack: what each request cost in microseconds, and the peak of its memory in MB."""

    cpu: dict[str, Summary] = field(default_factory=dict)
    wall: dict[str, Summary] = field(default_factory=dict)
    peak_megabytes: float = 0

    def data(self) -> dict[str, Any]:
        """As results.json has it."""
        return {
            "cpu_us": {request: summary.rounded() for request, summary in self.cpu.items()},
            "wall_us": {request: summary.rounded() for request, summary in self.wall.items()},
            "peak_mb": round(self.peak_megabytes, 1),
        }


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
        for request, batch in batches(ids).items():
            taken = in_turns([(worker, batch) for worker in workers], rounds)
            for worker, samples in zip(workers, taken, strict=True):
                figures[worker.name].cpu[request] = cpu(samples)
                figures[worker.name].wall[request] = wall(samples)
        for worker in workers:
            figures[worker.name].peak_megabytes = worker.peak_megabytes
    return figures


def batches(ids: Sequence[str]) -> dict[str, Batch]:
    """A round's events of each request."""
    return {
        GET_ONE: lambda: [get(f"/cars/{pk}") for pk in random.sample(ids, BATCH[GET_ONE])],
        LIST_50: lambda: [get("/cars")] * BATCH[LIST_50],
        LIST_200: lambda: [get("/cars", page_size=200)] * BATCH[LIST_200],
        POST: lambda: [post(new_car()) for _ in range(BATCH[POST])],
    }


def show_figures(count: int, figures: Mapping[str, Figures]) -> None:
    """A table for each request, the ratios those of CPU medians."""
    for request in BATCH:
        rows = []
        for name, figure in figures.items():
            used = figure.cpu[request]
            ours = figures[CARSITE].cpu[request] if CARSITE in figures else used
            ratio = f"{ours.median / used.median:.2f}"
            memory = f"{figure.peak_megabytes:.0f}"
            rows.append([name, str(used), str(figure.wall[request]), ratio, memory])
        show(
            f"{request}, {count:,} cars: microseconds, median and quartiles",
            ["", "CPU", "wall", "carsite / this", "peak MB"],
            rows,
        )
