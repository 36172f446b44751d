"""`python -m benchmarks.soak [requests]`: memory and descriptors of one warm process, as it ages.

The stage `regular` on PostgreSQL behind TLS; 200,000 events by default through the handler that
Lambda calls, in one process: of ten requests seven read a car, one lists, one writes and one is
refused. The exit status is 1 where the process has grown by more than MEGABYTES since the first
tenth, or has descriptors that it did not have then.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.rig.events import Request, event
from tests.rig.postgresql import running_postgresql
from tests.rig.services import Rig, deployed, lambda_credentials, password_door

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = 200_000
REPORTS = 10
MEGABYTES = 16
HEADERS = [("Host", "localhost"), ("Content-Type", "application/json")]
CAR = {"make": "A", "model": "B", "year": 2020}


class Context:
    """Lambda's, as far as the handler looks."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def main() -> int:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as folder, running_postgresql() as server:
        rig = Rig(Path(folder), lambda: server)
        with password_door(rig, "soak") as (url, _rows):
            figures = _age(requests, deployed("regular", url) | lambda_credentials(), Path(folder))
    print("requests  megabytes  descriptors  seconds")
    for done, megabytes, descriptors, seconds in figures:
        print(f"{done:>8,}  {megabytes:>9.1f}  {descriptors:>11}  {seconds:>7.1f}")
    (_, first, descriptors, _), (_, last, left, _) = figures[1], figures[-1]
    return int(last - first > MEGABYTES or left > descriptors)


def _age(requests: int, settings: dict[str, str], folder: Path) -> list[list[float]]:
    """The figures of a process of its own, whose log goes nowhere."""
    report = folder / "figures.json"
    environment = {**os.environ, **settings, "STATIC_ROOT": str(folder)}
    for command in (["manage.py", "migrate"], ["-m", __spec__.name, str(requests), str(report)]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[-1]} ended early:\n{done.stderr}")
    figures: list[list[float]] = json.loads(report.read_text())
    return figures


def serve(requests: int, report: Path) -> None:
    """Answer so many requests, and write down how large the process was on the way."""
    from carsite.lambda_handler import handler

    def ask(method: str, target: str, body: bytes = b"") -> dict[str, Any]:
        made = event("rest", Request(method, target, HEADERS, body), "regular")
        answer: dict[str, Any] = handler(made, Context())
        return answer

    def expect(status: int, method: str, target: str, body: bytes = b"") -> dict[str, Any]:
        answer = ask(method, target, body)
        if answer["statusCode"] != status:
            raise RuntimeError(f"{method} {target}: {answer}")
        return answer

    car = json.dumps(CAR).encode()
    started = time.monotonic()
    location = expect(201, "POST", "/regular/cars", car)
    page = f"/regular/cars/{json.loads(location['body'])['id']}"
    figures = [[0, *_size(), 0.0]]
    for number in range(1, requests + 1):
        match number % 10:
            case 0:
                expect(201, "POST", "/regular/cars", car)
            case 1:
                expect(200, "GET", "/regular/cars?page_size=5")
            case 2:
                expect(400, "POST", "/regular/cars", b"{}")
            case _:
                expect(200, "GET", page)
        if number % (requests // REPORTS) == 0:
            figures.append([number, *_size(), time.monotonic() - started])
    report.write_text(json.dumps(figures))


def _size() -> tuple[float, int]:
    """Resident megabytes, and open descriptors."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20, len(list(Path("/proc/self/fd").iterdir()))


if __name__ == "__main__":
    if len(sys.argv) > 2:  # the process that ages
        serve(int(sys.argv[1]), Path(sys.argv[2]))
        sys.exit()
    sys.exit(main())
