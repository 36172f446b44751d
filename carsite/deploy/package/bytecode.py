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
from pathlib import Path

from click import ClickException

TASK = "/var/task"  # where Lambda unpacks the archive; tracebacks name it


def compile_tree(folder: Path, *, sources: bool = True) -> None:
    """Compile every module below `folder`, the same each time.

    Without `sources`, bytecode takes their place: Python looks there if there is none.
    """
    command = [
        *(sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode"),
        *("unchecked-hash", "-s", str(folder), "-p", TASK, *([] if sources else ["-b"])),
        str(folder),
    ]
    # Otherwise the order of sets among the constants would be by chance, and a PYTHONOPTIMIZE that
    # somebody has exported would take assertions away.
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClickException(f"Some modules do not compile:\n{done.stdout.strip()}")
    if not sources:
        for source in folder.rglob("*.py"):
            source.unlink()
