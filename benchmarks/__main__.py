"""`python -m benchmarks`, which is `make bench`: all of them, one after the other.

At the end the limits beside what was reached; the exit status is 1 where one is exceeded. With
QUICK=1 a minute's look at everything that needs no archive, on 10,000 cars: no record, no verdict.
"""

from __future__ import annotations

import subprocess
import sys
import time

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from benchmarks import figures
from benchmarks.limits import check_all
from benchmarks.machine import describe
from benchmarks.report import QUICK, RESULTS, load, save, show

SECTIONS = ["cold_token", "connect", "time_limit", "loading", "warm", "warm.pieces"]
# Building the archives alone takes more than a minute.
SLOW_SECTIONS = ["cold_start", "small"]


def main() -> int:
    started = time.monotonic()
    RESULTS.unlink(missing_ok=True)  # one run, one machine
    machine = describe()
    save("machine", machine)
    print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    for section in SECTIONS if QUICK else SECTIONS + SLOW_SECTIONS:
        # Each in a process of its own: Django is configured once in a process.
        subprocess.run([sys.executable, "-m", f"benchmarks.{section}"], check=True)
    results = load()
    checked = check_all(results)
    minutes = (time.monotonic() - started) / 60
    show(
        f"Limits, after {minutes:.1f} minutes; all figures are in {RESULTS.name}",
        ["", "figure", "limit", "met"],
        [each.row() for each in checked],
    )
    if QUICK:
        return 0
    figures.write(results)
    return int(any(each.met is False for each in checked))


if __name__ == "__main__":
    sys.exit(main())
