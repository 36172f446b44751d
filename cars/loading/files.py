"""Files by their names on the command line."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from django.core.management.base import CommandError

from cars.reading import Table, guess_format, stem

STDIN = "-"


def source_name(file: str) -> str:
    """A file's name without its folders, packed or not; readable even if it is no UTF-8."""
    return "stdin" if file == STDIN else os.fsencode(stem(Path(file).name)).decode(errors="replace")


@contextmanager
def opened(file: str) -> Iterator[tuple[io.BufferedIOBase, int | None]]:
    """The bytes of `file`, and how many: None for a pipe. Raises CommandError."""
    if file == STDIN:
        yield cast(io.BufferedIOBase, sys.stdin.buffer), None
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - only opening may fail here
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    with stream:
        status = os.fstat(stream.fileno())
        yield stream, status.st_size if stat.S_ISREG(status.st_mode) else None


def rejects_path(file: str, rejects: Path | None, table: Table) -> Path:
    """Where the bad rows of `file` go. Raises CommandError where they do not belong."""
    name = "stdin" if file == STDIN else file
    path = Path(rejects or f"{name}.rejects.{'jsonl' if table.columns is None else 'csv'}")
    if file != STDIN and path.exists() and path.samefile(file):
        raise CommandError(f"--rejects is {path}, the file to load: it would be overwritten.")
    if table.columns is None and guess_format(path.name, b"{") == "csv":
        raise CommandError(f"--rejects is {path}: bad rows of JSON are JSON lines, name it .jsonl.")
    return path
