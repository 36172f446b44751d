"""Bytecode that Lambda accepts as it is.

Python compares an ordinary .pyc with its source's modification time, and every file on Lambda is
from 1980: it would compile everything again at each cold start, and cannot store the result. An
unchecked hash is not compared with anything.

Only the project's own modules have their sources beside it. Those of the libraries are 2 MB of the
archive, and give a traceback no more than the text of a line whose number it has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from click import ClickException

TASK = "/var/task"  # where Lambda unpacks the archive; tracebacks name it


def compile_tree(folder: Path, own: Collection[str] | None = None) -> None:
    """Compile every module below `folder`, the same each time; what is not `own` loses its source.

    `own` names files and folders directly in `folder`; None are all of them.
    """
    paths = sorted(folder.iterdir())
    theirs = [path for path in paths if own is not None and path.name not in own]
    _compile(folder, [path for path in paths if path not in theirs])
    # In place of the source, where Python looks if there is none.
    _compile(folder, theirs, "-b")
    for path in theirs:
        for source in path.rglob("*.py") if path.is_dir() else [path]:
            if source.suffix == ".py":
                source.unlink()


def _compile(folder: Path, paths: Collection[Path], *options: str) -> None:
    if not paths:
        return  # without one, compileall takes all of sys.path
    command = [
        *(sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode"),
        *("unchecked-hash", "-s", str(folder), "-p", TASK, *options),
        *map(str, paths),
    ]
    # Sets among the constants would otherwise be stored in an order of the moment.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClickException(f"Some modules do not compile:\n{done.stdout.strip()}")
