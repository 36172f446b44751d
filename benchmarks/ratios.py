"""Figures that limits are set for, as functions of the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import names
from benchmarks.names import A_REQUEST, ADMIN, CARSITE, GET_ONE

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


def time_limit_share(results: Results) -> float:
    """What ending every wait costs a request, of the CPU of the cheapest one."""
    request = results["requests"][FEW][CARSITE]["cpu_us"][GET_ONE]["median"]
    return float(results["time_limit_cpu_us"][A_REQUEST] / request)


def growth(title: str) -> Figure:
    """Wall time at MANY cars over that at FEW."""
    return lambda results: float(results["growth"]["ratio"][title]["median"])


def growth_of_the_api(results: Results) -> float:
    """The worst of all requests but the admin's."""
    ratios = results["growth"]["ratio"]
    return max(float(ratio["median"]) for title, ratio in ratios.items() if title != ADMIN)


def last_page(results: Results) -> float:
    return float(results["growth"]["last_page_ratio"]["median"])


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


def worst_tail(*stacks: str) -> Figure:
    """The largest p99 / p50 of any warm request of these stacks at 256 MB."""

    def figure(results: Results) -> float:
        requests = [each for name in stacks for each in results["small"][name]["warm_ms"].values()]
        return float(max(each["p99"] / each["p50"] for each in requests))

    return figure


def rows_beyond(*requests: str) -> Figure:
    """The most rows that any of these requests reads beyond those that it answers with."""

    def figure(results: Results) -> float:
        works = [results["work"][CARSITE][request] for request in requests]
        return float(max(work["read"] - work["answered"] for work in works))

    return figure


def largest(section: str) -> Figure:
    """The largest value of a section."""
    return lambda results: float(max(results[section].values()))
