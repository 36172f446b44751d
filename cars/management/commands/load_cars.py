"""Load a file of cars: cars.reading cuts it into rows, cars.loading stores them."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import reset_queries

from cars.loading import MAX_BATCH, InvalidRow, Loader
from cars.loading.failures import FAILURES, InvalidRowsError, failure
from cars.loading.progress import progress
from cars.loading.rejects import RejectsFile, check_rejects, describe
from cars.models import Car
from cars.reading import READERS, Source, guess_format, read

STDIN = "-"
ALREADY_THERE = (
    'Already there are rows of earlier loads with the source name "{name}", and known VINs.'
    " If this is another file of that name, give it a --source of its own."
)


class Command(BaseCommand):
    help = (
        "Load cars from a JSON array, JSON lines or CSV. Run again, it loads what is missing: a row"
        " is known by its VIN, or by its source's name, its number and what it says. Files of the"
        " same name, and all of standard input, are one source unless --source tells them apart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("file", help="- for standard input")
        add("--format", choices=READERS, help="default: by the file's extension or beginning")
        add(
            "--source",
            help="the name its rows are known by in a next run; default: FILE's, or stdin",
        )
        add(
            "--batch-size",
            type=int,
            default=MAX_BATCH,
            help="rows a transaction; default: %(default)s",
        )
        add("--skip-invalid", action="store_true", help="put bad rows into the rejects file, go on")
        add(
            "--rejects",
            type=Path,
            help="the file for them, an old one of which is renamed; default: FILE.rejects.jsonl",
        )
        add("--if-empty", action="store_true", help="do nothing where there are cars")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options)
        name = options["source"] or _name(options["file"])
        loader = Loader(name, options["batch_size"])
        try:
            if options["if_empty"] and Car.objects.exists():
                outcome = "there are cars already, nothing to load"
            else:
                outcome = self._load(loader, options)
        except FAILURES as error:
            raise failure(error, name, loader.counts) from error
        if options["verbosity"]:
            self.stdout.write(f"{name}: {outcome}")
            if loader.counts.already_there:
                self.stdout.write(ALREADY_THERE.format(name=name))

    def _load(self, loader: Loader, options: dict[str, Any]) -> str:
        """Load everything; what became of it, in a sentence."""

        def on_invalid(rows: list[InvalidRow]) -> None:
            if not options["skip_invalid"]:
                raise InvalidRowsError(rows)
            rejects.write(rows)
            screen.note(describe(rows))

        stderr = cast(TextIO, self.stderr)
        with (
            _opened(options["file"]) as (stream, size),
            closing(progress(stderr, size, options["verbosity"])) as screen,
            closing(RejectsFile(_rejects_path(options), screen.note)) as rejects,
        ):
            source = Source(stream)
            guess = guess_format(options["file"], source.first_character)
            rows = read(source, options["format"] or guess)
            for counts in loader.load(rows, on_invalid):
                screen.update(counts, source.position)
                reset_queries()  # with DEBUG, Django keeps 9,000 statements: here, all the rows
        return f"{loader.counts}" + (f" ({rejects.path})" if loader.counts.rejected else "")


def _check(options: dict[str, Any]) -> None:
    if not 1 <= options["batch_size"] <= MAX_BATCH:
        raise CommandError(f"--batch-size is {options['batch_size']}: use 1 to {MAX_BATCH}.")
    if options["rejects"] and not options["skip_invalid"]:
        raise CommandError("--rejects is for --skip-invalid: without it, a bad row ends the load.")
    file, rejects = Path(options["file"]), _rejects_path(options)
    if rejects.exists() and file.exists() and rejects.samefile(file):
        raise CommandError(f"--rejects is {rejects}, the file to load: it would be overwritten.")
    if options["skip_invalid"]:
        check_rejects(rejects)


def _rejects_path(options: dict[str, Any]) -> Path:
    file = "stdin" if options["file"] == STDIN else options["file"]
    return Path(options["rejects"] or f"{file}.rejects.jsonl")


def _name(file: str) -> str:
    """A file's name without its folders; readable even if it is no UTF-8."""
    return "stdin" if file == STDIN else os.fsencode(Path(file).name).decode(errors="replace")


@contextmanager
def _opened(file: str) -> Iterator[tuple[io.BufferedIOBase, int | None]]:
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
