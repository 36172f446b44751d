"""`python -m benchmarks.cold_start`: CPU from a fresh process to its first answered GET /cars.

Each variant is an archive's unpacked folder, or what Zappa would put there, in a fresh process of
the base interpreter under Amazon's runtime client, against the same PostgreSQL behind verified TLS
and with the same cars. Variants are shuffled in every round; figures are user and system time of
the whole process, and its peak memory.

Needs benchmarks/requirements.txt.
"""

from __future__ import annotations

import contextlib
import random
import resource
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cold_start_peers import fastapi_package, zappa_package
from benchmarks.report import QUICK, save, show
from tests.rig.events import Request, event
from tests.rig.lambda_runtime import Function
from tests.rig.packages import Package
from tests.rig.postgresql import running_postgresql
from tests.rig.services import Rig, deployed, iam_door, lambda_credentials, password_door

ROUNDS = 2 if QUICK else 15
CARS = 50
HOST = ("Host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
CARSITE, DEFAULTS, FASTAPI = "carsite, regular", "Zappa's defaults", "FastAPI + Mangum"
DSQL = "carsite, dsql"


@dataclass
class Variant:
    """A function to start, and the event that asks it for the first page of cars."""

    package: Package
    environment: dict[str, str]
    stage: str
    handler: str = "carsite.lambda_handler.handler"
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def measure(self, log: Path) -> None:
        """One cold start: milliseconds of CPU and megabytes at the peak are noted."""
        function = Function(
            f"producer-api-python-rest-lambda-{self.stage}",
            self.package,
            self.environment,
            log,
            self.handler,
        )
        try:
            answer = function.invoke(_get_cars(self.stage))
            if answer["statusCode"] != 200 or str(answer["body"]).count("Corolla") != CARS:
                raise RuntimeError(f"not the {CARS} cars: {answer}")
            self.memory.append(_peak_megabytes(function.pid))
        finally:
            before = _cpu_of_children()
            function.stop()
        self.cpu.append(_cpu_of_children() - before)


def _get_cars(stage: str) -> dict[str, Any]:
    headers = [HOST, ("Accept", "application/json")]
    return event("rest", Request("GET", f"/{stage}/cars?page_size={CARS}", headers), stage)


def _cpu_of_children() -> float:
    """Milliseconds of CPU of all children that have ended, their ended threads included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def _peak_megabytes(pid: int) -> float:
    """The kernel's own high-water mark, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = status.partition("VmHWM:")[2].split()[0]
    return int(kilobytes) * 1024 / 1_000_000


@contextlib.contextmanager
def variants(folder: Path) -> Iterator[dict[str, Variant]]:
    with (
        running_postgresql() as server,
        password_door(Rig(folder, lambda: server), "regular") as (url, rows),
        iam_door(Rig(folder, lambda: server), "dsql") as (iam_url, iam_rows, door),
    ):
        rig = Rig(folder, lambda: server)
        password = deployed("regular", url) | lambda_credentials() | {"ALLOWED_HOSTS": "*"}
        token = deployed("dsql", iam_url) | door.environment(door.temporary)
        made = {
            CARSITE: Variant(rig.package("regular"), password, "regular"),
            DSQL: Variant(rig.package("dsql"), token | {"ALLOWED_HOSTS": "*"}, "dsql"),
            DEFAULTS: Variant(zappa_package(folder), password, "regular", "handler.lambda_handler"),
            FASTAPI: Variant(
                fastapi_package(folder),
                password,
                "regular",
                "benchmarks.peers.fastapi_async.handler",
            ),
        }
        for name, sql in ((CARSITE, rows), (DSQL, iam_rows)):
            _fill(made[name], folder, sql)
        yield made


def _fill(variant: Variant, folder: Path, rows: Any) -> None:
    function = Function("cars", variant.package, variant.environment, folder / "migrate.log")
    try:
        function.invoke({"manage": "migrate --verbosity=0"})
    finally:
        function.stop()
    rows(
        "INSERT INTO cars_car (id, make, model, year, mileage, created_at, updated_at)"
        f" SELECT gen_random_uuid(), 'Toyota', 'Corolla', 2020, n, now(), now()"
        f" FROM generate_series(1, {CARS}) n"
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="carsite-cold-start-") as name:
        folder = Path(name)
        with variants(folder) as made:
            for _ in range(ROUNDS):
                for variant in random.sample(list(made.values()), len(made)):
                    variant.measure(folder / "functions.log")
            report(made)


def report(made: dict[str, Variant]) -> None:
    base = statistics.median(made[CARSITE].cpu)
    rows, data = [], {}
    for name, variant in made.items():
        cpu, memory = statistics.median(variant.cpu), max(variant.memory)
        rows.append([name, f"{cpu:.0f}", f"{base / cpu:.2f}", f"{memory:.0f}"])
        data[name] = {"cpu_ms": round(cpu, 1), "peak_mb": round(memory, 1)}
    show(
        f"Cold start to the first GET /cars of {CARS} cars, median of {ROUNDS}",
        ["", "CPU ms", "carsite / this", "peak MB"],
        rows,
    )
    save("cold_start", data)
    save(
        "archive_mb",
        {
            name: round(made[name].package.archive.stat().st_size / 1e6, 1)
            for name in (CARSITE, DSQL)
        },
    )


if __name__ == "__main__":
    main()
