"""Load files of cars: cars.reading cuts them into rows, cars.loading stores them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandParser
from django.db import reset_queries

from cars.loading.columns import Columns
from cars.loading.descriptions import describe, listed
from cars.loading.failures import FAILURES, failure
from cars.loading.files import opened, rejects_path, source_name
from cars.loading.garbage import seldom_collected
from cars.loading.loader import MAX_BATCH, Loader, Rules
from cars.loading.options import (
    check_options,
    column_mapping,
    delimiter,
    ignored_columns,
)
from cars.loading.outcome import Counts
from cars.loading.progress import progress
from cars.loading.rejects import RejectsFile, check_rejects
from cars.loading.undo import undo
from cars.models import Car
from cars.reading import FORMATS, Source, guess_format, read

ALREADY_THERE = (
    'Already there are cars of earlier loads with the source name "{name}", and known VINs.'
    " If this is another file of that name, give it a --source of its own."
)


class Command(BaseCommand):
    help = (
        "Load cars from CSV, JSON lines or a JSON array, packed with gzip or not. Run again, it"
        " loads what is missing: a car is known by its VIN, or by its source's name and what it"
        " says. Files of the same name, and all of standard input, are one source unless --source"
        " tells them apart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("files", nargs="*", metavar="FILE", help="- for standard input")
        add("--dry-run", action="store_true", help="read and validate everything, write nothing")
        add(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="a column that is a field under another name; make+model for one with both",
        )
        add(
            "--ignore",
            action="append",
            default=[],
            metavar="COLUMN",
            help="a column that is not needed",
        )
        add("--format", choices=FORMATS, help="default: by the file's extension or beginning")
        add("--encoding", help="of the file, such as windows-1252 or utf-16; default: utf-8")
        add("--delimiter", help="between the cells of CSV; default: by the header")
        add(
            "--source",
            help="the name its cars are known by in a next run; default: FILE's, or stdin",
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
            help="the file for them, an old one of which is renamed; default: FILE.rejects.csv,"
            " or FILE.rejects.jsonl for JSON",
        )
        add(
            "--allow-duplicates",
            action="store_true",
            help="load it although its first cars are stored under another source",
        )
        add("--if-empty", action="store_true", help="do nothing where there are cars")
        add(
            "--undo",
            action="store_true",
            help="delete the cars of these files' names, or of --source; needs no file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        check_options(options)
        for file in options["files"] or [options["source"]]:
            self._handle(file, options["source"] or source_name(file), options)

    def _handle(self, file: str, name: str, options: dict[str, Any]) -> None:
        counts = Counts()
        try:
            if options["undo"]:
                outcome = _undone(name, dry_run=options["dry_run"])
            elif options["if_empty"] and Car.objects.exists():
                outcome = "there are cars already, nothing to load"
            else:
                outcome = self._load(file, name, counts, options)
        except FAILURES as error:
            raise failure(error, name, counts) from error
        if options["verbosity"]:
            self.stdout.write(f"{name}: {outcome}")
            if counts.already_there:
                self.stdout.write(ALREADY_THERE.format(name=name))

    def _load(self, file: str, name: str, counts: Counts, options: dict[str, Any]) -> str:
        """Load everything; what became of it, in a sentence."""
        rules = Rules(**{each.name: options[each.name] for each in dataclass_fields(Rules)})
        stderr = cast(TextIO, self.stderr)
        with (
            seldom_collected(),
            opened(file) as (stream, size),
            closing(progress(stderr, size, options["verbosity"])) as screen,
        ):
            source = Source(stream, options["encoding"])
            guess = guess_format(file, source.first_character)
            table = read(source, options["format"] or guess, delimiter(options))
            columns = Columns(column_mapping(options), ignored_columns(options), screen.note)
            columns.check(table)
            path = rejects_path(file, options["rejects"], table)
            if rules.skip_invalid:
                check_rejects(path)
            with closing(RejectsFile(path, table, screen.note)) as rejects:
                loader = Loader(name, columns, rules, counts)
                for batch in loader.load(table.rows, ahead=size is not None):
                    if batch.invalid and not rules.dry_run:
                        rejects.write(batch.invalid)
                    for sentences in (describe(batch.invalid), listed(batch.repeated)):
                        if sentences:
                            screen.note(sentences)
                    screen.update(counts, source.position)
                    reset_queries()  # with DEBUG, Django keeps 9,000 statements: here, all the rows
            for column in columns.unused:
                screen.note(f"--map names {column}, which no row has.")
        if rules.dry_run:
            return f"{counts} (a dry run: nothing is written)"
        return f"{counts} ({path})" if counts.rejected else str(counts)


def _undone(name: str, *, dry_run: bool) -> str:
    count = undo(name, dry_run=dry_run)
    return f"{count:,} would be deleted" if dry_run else f"{count:,} deleted"
