"""The same requests to few cars and to many: what growth costs."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.names import CARSITE, LAST_PAGE, LIST_50, POST
from benchmarks.report import show
from benchmarks.summary import Summary, summarise
from benchmarks.warm.database import Cars
from benchmarks.warm.growth_requests import batches_of, check_pages
from benchmarks.warm.turns import Batch, in_turns, wall
from benchmarks.warm.variants import Sample, Worker, environment, running


@dataclass(frozen=True)
class Growth:
    """Microseconds on the clock by request and number of cars, and ratios round by round.

    A round lasts a fraction of a second: what else the machine does then slows both sides.
    """

    wall: dict[str, dict[int, Summary]]
    ratios: dict[str, Summary]
    last_page: Summary

    def data(self) -> dict[str, Any]:
        """As results.json has it."""
        return {
            "wall_us": {
                title: {str(count): summary.rounded() for count, summary in by_count.items()}
                for title, by_count in self.wall.items()
            },
            "ratio": {title: summary.rounded(3) for title, summary in self.ratios.items()},
            "last_page_ratio": self.last_page.rounded(3),
        }


def measure(few: Cars, many: Cars, folder: Path, rounds: int) -> Growth:
    """Few cars and many in turns, all requests in every round."""
    with contextlib.ExitStack() as stack:
        batches = [
            batches_of(
                stack.enter_context(
                    running(CARSITE, environment(CARSITE, cars.url, folder / "static"))
                ),
                cars,
            )
            for cars in (few, many)
        ]
        check_pages(batches)
        # POST alone and last: what it adds makes the first page another.
        gets = _take(batches, [title for title in batches[0][1] if title != POST], rounds)
        taken = gets | _take(batches, [POST], rounds)
    return Growth(
        wall={
            title: {few.count: wall(pair[0]), many.count: wall(pair[1])}
            for title, pair in taken.items()
        },
        ratios={title: _ratio(pair[1], pair[0], rounds) for title, pair in taken.items()},
        last_page=_ratio(taken[LAST_PAGE][1], taken[LIST_50][1], rounds),
    )


def _take(
    batches: Sequence[tuple[Worker, Mapping[str, Batch]]], titles: Sequence[str], rounds: int
) -> dict[str, list[list[Sample]]]:
    """The samples by request, of each worker."""
    sources = [(worker, made[title]) for title in titles for worker, made in batches]
    taken = iter(in_turns(sources, rounds))
    return {title: [next(taken) for _ in batches] for title in titles}


def _ratio(samples: Sequence[Sample], base: Sequence[Sample], rounds: int) -> Summary:
    """How two sources compare, round by round."""
    pairs = zip(_by_round(samples, rounds), _by_round(base, rounds), strict=True)
    return summarise([one / other for one, other in pairs])


def _by_round(samples: Sequence[Sample], rounds: int) -> list[float]:
    """The median of each round's batch."""
    walls, size = [sample.wall for sample in samples], len(samples) // rounds
    return [statistics.median(walls[at : at + size]) for at in range(0, len(walls), size)]


def show_growth(growth: Growth) -> None:
    counts = list(growth.wall[LIST_50])
    rows = [
        [
            *(title, *(str(by_count[count]) for count in counts)),
            f"{growth.ratios[title].median:.2f}",
        ]
        for title, by_count in growth.wall.items()
    ]
    show(
        "carsite: microseconds on the clock, median and quartiles, and the median ratio of rounds",
        ["", *(f"{count:,} cars" for count in counts), "ratio"],
        rows,
    )
