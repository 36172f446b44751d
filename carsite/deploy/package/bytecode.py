"""Bytecode that Lambda accepts as it is.

Python compares an ordinary .pyc with its source's modification time, and every file on Lambda is
from 1980: it would compile everything again at each cold start, and cannot store the result. An
unchecked hash is not compared with anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click import ClickException

TASK = "/var/task"  # where Lambda unpacks the archive; tracebacks name it


def compile_tree(folder: Path) -> None:
    """Compile every module below `folder`, beside its source, the same each time."""
    command = [
        *(sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode"),
        *("unchecked-hash", "-s", str(folder), "-p", TASK, str(folder)),
    ]
    # Sets among the constants would otherwise be stored in an order of the moment.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClickException(f"Some modules do not compile:\n{done.stdout.strip()}")
