"""`python -m benchmarks.warm.commits COMMIT`: what the working tree costs beside another commit.

Both answer the same requests from one database, in turns, so that the ratio of the medians holds on
a machine where other things run. The database has the tables of the working tree.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.names import CARSITE, FEW, FILTERED
from benchmarks.report import show
from benchmarks.warm.calls import get
from benchmarks.warm.database import filled
from benchmarks.warm.peers import batches
from benchmarks.warm.turns import Batch, in_turns
from benchmarks.warm.variants import ROOT, environment, running
from tests.rig.postgresql import running_postgresql


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm.commits")
    parser.add_argument("commit", help="what git calls it, such as main or v1.0.0")
    parser.add_argument("--rounds", type=int, default=60, help="default: %(default)s")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carsite-commits-")))
        server = stack.enter_context(running_postgresql())
        cars = stack.enter_context(filled(server, folder, FEW))
        other = stack.enter_context(_checkout(given.commit, folder / "other"))
        of_lambda = environment(CARSITE, cars.url, folder)
        workers = [
            stack.enter_context(running(CARSITE, of_lambda, root, label))
            for root, label in ((other, given.commit), (ROOT, "working tree"))
        ]
        rows = []
        for request, batch in requests(cars.ids(100)).items():
            taken = in_turns([(worker, batch) for worker in workers], given.rounds)
            before, after = (
                statistics.median(sample.cpu for sample in samples) * 1e6 for samples in taken
            )
            rows.append([request, f"{before:.0f}", f"{after:.0f}", f"{after / before:.3f}"])
    show("microseconds of CPU, medians", ["", given.commit, "working tree", "ratio"], rows)


def requests(ids: Sequence[str]) -> dict[str, Batch]:
    """The four requests of the benchmarks, and a list with a filter."""
    return {FILTERED: lambda: [get("/cars", make="Make 7")] * 10, **batches(ids)}


@contextlib.contextmanager
def _checkout(commit: str, folder: Path) -> Iterator[Path]:
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(folder), commit], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


if __name__ == "__main__":
    main()
