"""`python -m benchmarks.warm`: CPU and wall time of a request, beside the peers.

Event dictionary in, answer dictionary out, each stack with everything that it does in between:
carsite with all of its middleware, authentication and permissions. Options make a run shorter.

Needs benchmarks/requirements.txt.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.warm.database import filled
from benchmarks.warm.peers import measure, show_figures
from benchmarks.warm.variants import HANDLERS
from tests.rig.postgresql import running_postgresql


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm")
    parser.add_argument("--rounds", type=int, default=30, help="default: %(default)s")
    parser.add_argument("--cars", type=int, default=10_000, help="default: %(default)s")
    parser.add_argument(
        "--only", action="append", choices=HANDLERS, help="a stack; again for others"
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="carsite-warm-") as folder,
        running_postgresql() as server,
        filled(server, Path(folder), given.cars) as cars,
    ):
        show_figures(given.cars, measure(cars, given.only or list(HANDLERS), given.rounds))


if __name__ == "__main__":
    main()
