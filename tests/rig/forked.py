"""Python programs in processes that are forked from one in which Django is already imported.

The import is most of what a management command costs, and tests run hundreds of them. Whatever
depends on settings or on variables, each process still imports itself. How a process begins and
ends, and what it imports, is not to be seen here: that takes one of `subprocess`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600  # a limit for what hangs, not for what is slow

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        *(__name__, "django.core.management.commands.check", "django.db.backends.postgresql.base"),
        "rest_framework.serializers",
    ]
)
# Whoever starts a process also looks after all those that others wait for.
_one_at_a_time = threading.Lock()


def python(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The outcome of `python ARGUMENTS` in the repository's folder, with nobody at its input."""
    with tempfile.TemporaryDirectory() as folder:
        written = [Path(folder, name) for name in ("stdout", "stderr")]
        for file in written:
            file.touch()
        process = _context.Process(target=_become, args=(arguments, dict(environment), written))
        with _one_at_a_time, _without_main():
            process.start()
        over = False
        try:
            over = bool(wait([process.sentinel], SECONDS))
        finally:  # interrupted or not, no process is left behind
            with _one_at_a_time:
                if not over:
                    process.kill()
                process.join()
        if not over:
            raise subprocess.TimeoutExpired(arguments, SECONDS)
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            arguments, process.exitcode, *(file.read_text() for file in written)
        )


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Let the new process not import what this one runs: pytest, a benchmark, or any script."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _become(arguments: Sequence[str], environment: Mapping[str, str], written: list[Path]) -> None:
    for number, file in enumerate([Path(os.devnull), *written]):
        descriptor = os.open(file, os.O_WRONLY if number else os.O_RDONLY)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    assert not settings.configured, "an import has read the settings before the program began"
    match arguments:
        case ["-c", code, *rest]:
            sys.argv[:] = ["-c", *rest]
            exec(code, {"__name__": "__main__"})  # noqa: S102 - what `python -c` does
        case ["-m", module, *rest]:
            sys.argv[:] = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *rest]:
            sys.argv[:] = [script, *rest]
            runpy.run_path(script, run_name="__main__")
