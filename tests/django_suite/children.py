"""Runs labels, each in a process of its own: they configure Django and leave tables behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.django_suite.servers import Engine
from tests.django_suite.source import ROOT
from tests.rig.environment import child

LONGEST_SECONDS = 3600


_running: set[subprocess.Popen[bytes]] = set()


def stop_all() -> None:
    """End all children, with what their tests have started."""
    for process in list(_running):
        os.killpg(process.pid, signal.SIGKILL)


def run_label(
    engine: Engine,
    label: str,
    tests: Path,
    results: Path,
    *,
    worker: int = 1,
    optional: Path | None = None,
) -> int:
    """Run a label; its results are written to a file of that name, its output beside it.

    A label is anything that Django's runtests.py takes: an app, a class or a single test.
    `optional` is a folder of packages that tests skip themselves without. Returns the exit status,
    which is -9 if it took longer than LONGEST_SECONDS.
    """
    results.parent.mkdir(parents=True, exist_ok=True)
    partial = results.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    environment = child(
        engine.environment,
        DJANGO_SETTINGS_MODULE="tests.django_suite.settings",
        DJANGO_SUITE_DATABASES=json.dumps(engine.databases(worker)),
        DJANGO_SUITE_RESULTS=str(partial),
        # For the processes that tests start, too.
        PYTHONPATH=os.pathsep.join(map(str, filter(None, [ROOT, tests, optional]))),
    )
    with results.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.django_suite.child", str(tests), *label.split()],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
        try:
            status = process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
        finally:
            _running.discard(process)
    results.unlink(missing_ok=True)
    if status >= 0 and partial.exists():  # else it was killed, or never began
        partial.replace(results)
    return status
