"""`python -m benchmarks.small`: init phase, first and warm requests of functions of 256 MB.

Each stack is what Lambda would unpack, under Amazon's runtime client, on the clock. Its init phase
has a whole processor, as Lambda gives it; what follows has a seventh (benchmarks.small.quota). The
database and the client have the machine. Stacks are shuffled in every round.

Needs benchmarks/requirements.txt, and root on a kernel with control groups.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.names import ADMIN, FILTERED, GET_ONE, LIST_50, POST
from benchmarks.report import QUICK, save
from benchmarks.small.function import SmallFunction
from benchmarks.small.measured import Measured, show_measured
from benchmarks.small.quota import PERIOD_US, NoQuotaError, Quota, limited
from benchmarks.small.stacks import Stack, stacks
from benchmarks.warm.calls import HEADERS, get, new_car, post

ROUNDS, WARM = (2, 20) if QUICK else (10, 200)  # WARM of each request in all
# Lambda freezes a function between requests: each finds its share of the processor unused.
PAUSE_SECONDS = 1.25 * PERIOD_US / 1_000_000
FILTER: dict[str, Any] = {"make": "Make 7", "year_min": 2000, "year_max": 2010, "color": "red"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="carsite-small-") as name:
        try:
            with limited() as quota, stacks(Path(name)) as made:
                measured = measure(made, quota, Path(name) / "functions.log")
        except NoQuotaError as error:
            print(f"\nNot measured at 256 MB, which needs root and a control group: {error}")
            return
    show_measured(measured)
    save("small", {name: each.data() for name, each in measured.items()})


def measure(made: list[Stack], quota: Quota, log: Path) -> dict[str, Measured]:
    """Figures by stack. Raises RuntimeError for an answer that is none."""
    measured = {stack.name: Measured() for stack in made}
    for number in range(ROUNDS):
        print(f"\rround {number + 1} of {ROUNDS}", end="", file=sys.stderr, flush=True)
        for stack in random.sample(made, len(made)):
            with running(stack, quota, log) as function:
                figures = measured[stack.name]
                figures.init.append(function.init_ms)
                figures.first.append(timed(function, get("/cars")))
                for request in _requests(stack):
                    events = [event(request, stack) for _ in range(WARM // ROUNDS)]
                    figures.warm[request] += [timed(function, each) for each in events]
    print(file=sys.stderr)
    return measured


@contextlib.contextmanager
def running(stack: Stack, quota: Quota, log: Path) -> Iterator[SmallFunction]:
    name = f"producer-api-python-rest-lambda-{stack.package.stage}"
    function = SmallFunction(
        name, stack.package, stack.environment, log, stack.handler, quota=quota
    )
    try:
        function.start()
        yield function
    finally:
        function.stop()


def timed(function: SmallFunction, event: Any) -> float:
    time.sleep(PAUSE_SECONDS)
    milliseconds, answer = function.timed(event)
    if answer["statusCode"] not in (200, 201):
        raise RuntimeError(f"{function.handler}: {answer}; its log is {function.log}")
    return milliseconds


def _requests(stack: Stack) -> list[str]:
    return [GET_ONE, LIST_50, FILTERED, POST, *([ADMIN] if stack.cookie else [])]


def event(request: str, stack: Stack) -> dict[str, Any]:
    if request == GET_ONE:
        return get(f"/cars/{random.choice(stack.ids)}")
    if request == POST:
        return post(new_car())
    if request == ADMIN:
        headers = [header for header in HEADERS if header[0] != "Accept"]
        return get("/admin/cars/car/", [*headers, ("Cookie", str(stack.cookie))])
    return get("/cars", **(FILTER if request == FILTERED else {}))


if __name__ == "__main__":
    main()
