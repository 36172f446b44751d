"""What was measured of one stack, and its table."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.names import LIST_50
from benchmarks.report import show
from benchmarks.small.bill import billed_ms, dollars_for_a_million


@dataclass
class Measured:
    """Milliseconds on the clock: of init phases, first requests, and warm ones by request."""

    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    warm: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def data(self) -> dict[str, Any]:
        """As results.json has it; the bill is that of GET /cars, 50."""
        init, first = statistics.median(self.init), statistics.median(self.first)
        page = statistics.median(self.warm[LIST_50])
        return {
            "processes": len(self.init),
            "warm_requests": len(self.warm[LIST_50]),
            "init_ms": round(init, 1),
            "first_ms": round(first, 1),
            "cold_ms": round(init + first, 1),
            "warm_ms": {request: _percentiles(samples) for request, samples in self.warm.items()},
            "billed_ms": {"cold": billed_ms(init, first), "warm": billed_ms(page)},
            "dollars": round(dollars_for_a_million(page, init + first), 2),
        }


def _percentiles(samples: Sequence[float]) -> dict[str, float]:
    hundredths = statistics.quantiles(samples, n=100, method="inclusive")
    return {"p50": round(hundredths[49], 2), "p99": round(hundredths[98], 2)}


def table(data: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the section `small`, as the screen and the page show them."""
    requests = list(next(iter(data.values()))["warm_ms"])
    header = [
        "256 MB, ms on the clock",
        "init",
        "first",
        *(f"{name}: p50, p99" for name in requests),
    ]
    rows = [
        [
            name,
            f"{each['init_ms']:,.0f}",
            f"{each['first_ms']:,.0f}",
            *(_pair(each["warm_ms"].get(request)) for request in requests),
        ]
        for name, each in data.items()
    ]
    return header, rows


def bill(data: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of what is billed for the first page of 50 cars."""
    header = ["billed for GET /cars, 50", "cold ms", "warm ms", "dollars a million"]
    rows = [
        [
            name,
            f"{each['billed_ms']['cold']:,}",
            f"{each['billed_ms']['warm']:,}",
            f"{each['dollars']:.2f}",
        ]
        for name, each in data.items()
    ]
    return header, rows


def _pair(percentiles: Mapping[str, float] | None) -> str:
    return f"{percentiles['p50']:.1f}, {percentiles['p99']:.1f}" if percentiles else "-"


def show_measured(measured: Mapping[str, Measured]) -> None:
    """Both tables on the screen."""
    data = {name: each.data() for name, each in measured.items()}
    show("At 256 MB", *table(data))
    show("What AWS bills at 256 MB, 1 % of the requests being cold", *bill(data))
