"""Figures that limits are set for, as functions of the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import names
from benchmarks.names import ADMIN, CARSITE, LAST_PAGE, LIST_50

# JSON's keys are text.
FEW, MANY = str(names.FEW), str(names.MANY)

Results = Mapping[str, Any]
Figure = Callable[[Results], float]


def cpu_ratio(request: str, peer: str) -> Figure:
    def figure(results: Results) -> float:
        stacks = results["requests"][FEW]
        ours, theirs = (stacks[name]["cpu_us"][request] for name in (CARSITE, peer))
        return float(ours["median"] / theirs["median"])

    return figure


def growth(*titles: str) -> Figure:
    """The worst of these requests at MANY cars, in wall time of the same at FEW."""

    def figure(results: Results) -> float:
        found = results["growth_wall_us"]
        return max(
            float(found[title][MANY]["median"] / found[title][FEW]["median"]) for title in titles
        )

    return figure


def growth_of_the_api(results: Results) -> float:
    titles = [title for title in results["growth_wall_us"] if title != ADMIN]
    return growth(*titles)(results)


def last_page(results: Results) -> float:
    found = results["growth_wall_us"]
    return float(found[LAST_PAGE][MANY]["median"] / found[LIST_50][MANY]["median"])


def ratio(section: str, ours: str, peer: str, *keys: str) -> Figure:
    """One of a section's values over another."""

    def figure(results: Results) -> float:
        values = [results[section][name] for name in (ours, peer)]
        for key in keys:
            values = [value[key] for value in values]
        return float(values[0] / values[1])

    return figure


def hundred(key: str, *requests: str) -> Figure:
    """The most of any stage and of any of these requests."""

    def figure(results: Results) -> float:
        stages = results["hundred_requests"].values()
        return float(max(stage[request][key] for stage in stages for request in requests))

    return figure
