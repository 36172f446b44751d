"""`python -m carsite.deploy.verify URL`: a table of what was seen; exit status 1 for a failure."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from carsite.deploy.verify import car
from carsite.deploy.verify.checks import CHECKS, Check, reached
from carsite.deploy.verify.client import Client, FailedError

USER, PASSWORD = "VERIFY_USER", "VERIFY_PASSWORD"
WARM_REQUESTS = 9


@dataclass(frozen=True)
class Result:
    """A line of the table."""

    name: str
    passed: bool
    seen: str

    def __str__(self) -> str:
        return f"{'ok' if self.passed else 'FAILED':<6} {self.name:<12} {self.seen}"


def verify(client: Client, environment: Mapping[str, str]) -> Iterator[Result]:
    """One result after the other. Without the first one none of the others would mean anything."""
    checks: dict[str, Check] = {"times": times, **CHECKS}
    if environment.get(USER) and environment.get(PASSWORD):
        checks["a car"] = partial(car.check, user=environment[USER], password=environment[PASSWORD])
    first = _result("reached", reached, client)
    yield first
    if first.passed:
        for name, check in checks.items():
            yield _result(name, check, client)


def times(client: Client) -> str:
    """How long reading a page of cars takes, from here: the first one may be a cold start."""
    first, *others = (client.get("cars").seconds * 1000 for _ in range(WARM_REQUESTS + 1))
    return (
        f"first {first:.0f} ms, then {statistics.median(others):.0f} ms"
        f" (median of {WARM_REQUESTS}) a page of cars"
    )


def _result(name: str, check: Check, client: Client) -> Result:
    try:
        return Result(name, True, check(client))
    except FailedError as error:
        return Result(name, False, f"{error}.")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].startswith(("https://", "http://")):
        sys.stderr.write(
            "Usage: make verify URL=https://API.execute-api.REGION.amazonaws.com/STAGE\n"
        )
        return 2
    passed = True
    for result in verify(Client(arguments[0]), os.environ):
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
        passed &= result.passed
    if passed and not os.environ.get(USER):
        sys.stdout.write(
            f"Nothing was stored: set {USER} and {PASSWORD} to add and remove a car.\n"
        )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
