"""`python -m tests.django_suite [LABEL...]`, which is `make django-suite`.

Once all labels have been run, together or one by one, it rewrites the tables of docs/dsql.md.
The exit status is 1 where a test fails that does not fail on Django's own backend.
"""

from __future__ import annotations

import argparse
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from tests.django_suite import results, source, table
from tests.django_suite.children import run_label, stop_all
from tests.django_suite.labels import all_labels
from tests.django_suite.servers import ENGINES, PEERS, Engine, running_engines
from tests.rig import tables
from tests.third_party.sites import InstallationError


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = _parser().parse_args()
    tests = source.fetch()  # before there are children, who would all fetch it
    optional = install_optional()
    labels = options.labels or all_labels(tests)
    run(tests, optional, labels, tuple(options.engines), options.workers)
    report(all_labels(tests))
    return any_unexpected(labels, options.engines)


def install_optional() -> Path | None:
    """None, which is said, where the package index has not all of them or cannot be reached."""
    try:
        return source.install_optional()
    except (InstallationError, subprocess.TimeoutExpired) as error:
        _write(f"{error}\nTests that need one of these are skipped: {', '.join(source.OPTIONAL)}")
        return None


def report(labels: list[str]) -> None:
    """Print the tables, and write them if there is nothing left to be run."""
    ready = [label for label in labels if all(results.exist(each, label) for each in ENGINES)]
    text = table.text(ready, len(labels))
    _write(text)
    if ready == labels:
        tables.write("dsql.md", "make django-suite", text)


def any_unexpected(labels: list[str], engines: Sequence[str]) -> bool:
    """Name what fails, and does not fail on Django's own backend."""
    found = [
        f"{engine}: {name}"
        for engine in engines
        for label in labels
        if results.exist(table.BASELINE, label)
        for name in table.unexpected(engine, label)
    ]
    _write("\n".join(found))
    return bool(found)


def run(
    tests: Path, optional: Path | None, labels: list[str], names: tuple[str, ...], workers: int
) -> None:
    """Run labels on engines, several at once, each worker in databases of its own."""
    free: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(1, workers + 1):
        free.put(number)

    def run_one(task: tuple[str, Engine]) -> None:
        label, engine = task
        worker, began = free.get(), time.monotonic()
        try:
            written = results.path(engine.name, label)
            status = run_label(engine, label, tests, written, worker=worker, optional=optional)
        finally:
            free.put(worker)
        found = results.load(engine.name, label) if results.exist(engine.name, label) else {}
        counts = results.counts(found)
        _write(f"{engine.name:10} {label:32} {status:3} {time.monotonic() - began:6.1f} s {counts}")

    with running_engines(names, workers) as engines, ThreadPoolExecutor(workers) as pool:
        tasks = [(label, engine) for label in labels for engine in engines]
        try:
            list(pool.map(run_one, tasks))
        except BaseException:  # a signal, which the pool would not hear of
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.django_suite")
    parser.add_argument("labels", nargs="*")
    parser.add_argument("--engines", nargs="+", choices=[*ENGINES, *PEERS], default=ENGINES)
    parser.add_argument("--workers", type=int, default=2)
    return parser


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # what shells report for SIGINT
