"""A line for each check, with what was seen."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from carsite.verify import car
from carsite.verify.checks import CHECKS, OK, Check, database, expect, reached
from carsite.verify.client import Client, FailedError

USER, PASSWORD = "VERIFY_USER", "VERIFY_PASSWORD"
WARM_REQUESTS = 9
# Checks that have nothing to say without the database.
READING = frozenset({"times", "list", "unknown car", "pages", "a car"})


@dataclass(frozen=True)
class Result:
    """A line of the table."""

    name: str
    passed: bool
    seen: str
    skipped: bool = False

    def __str__(self) -> str:
        word = "skip" if self.skipped else "ok" if self.passed else "FAILED"
        return f"{word:<6} {self.name:<12} {self.seen}"


def verify(client: Client, environment: Mapping[str, str]) -> Iterator[Result]:
    """One result after the other. Without the first one none of the others would mean anything."""
    first = _result("reached", reached, client)
    yield first
    if not first.passed:
        return
    second = _result("database", database, client)
    yield second
    checks: dict[str, Check] = {"times": times, **CHECKS}
    if environment.get(USER) and environment.get(PASSWORD):
        checks["a car"] = partial(car.check, user=environment[USER], password=environment[PASSWORD])
    for name, check in checks.items():
        # Each would wait for it once more, and a function that runs out of time prints no table.
        if name in READING and not second.passed:
            yield Result(name, True, "needs the database", skipped=True)
        else:
            yield _result(name, check, client)


def times(client: Client) -> str:
    """How long reading a page of cars takes, from here: once, and then over and over."""
    first, *others = (
        expect(client.get("cars"), OK).seconds * 1000 for _ in range(WARM_REQUESTS + 1)
    )
    return (
        f"first {first:.0f} ms, then {statistics.median(others):.0f} ms"
        f" (median of {WARM_REQUESTS}) a page of cars"
    )


def _result(name: str, check: Check, client: Client) -> Result:
    try:
        return Result(name, True, check(client))
    except FailedError as error:
        return Result(name, False, f"{error}.")
