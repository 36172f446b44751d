"""The options of load_cars, checked before anything is read."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from cars.loading.loader import MAX_BATCH
from cars.reading.names import MAKE_AND_MODEL, cleaned, fields


def check_options(options: dict[str, Any]) -> None:
    """Raises CommandError for options that make no sense, alone or together."""
    files = options["files"]
    if not files and not (options["undo"] and options["source"]):
        raise CommandError("Name a file, or - for standard input.")
    if not 1 <= options["batch_size"] <= MAX_BATCH:
        raise CommandError(f"--batch-size is {options['batch_size']}: use 1 to {MAX_BATCH}.")
    if options["rejects"] and not options["skip_invalid"]:
        raise CommandError("--rejects is for --skip-invalid: without it, a bad row ends the load.")
    for name in ("source", "rejects"):
        if options[name] and len(files) > 1:
            raise CommandError(f"--{name} is for one file. Load them one by one.")
    if len(delimiter(options) or ";") != 1:
        raise CommandError("--delimiter is one character, such as ';', or tab.")
    _check_encoding(options["encoding"] or "utf-8")
    column_mapping(options)


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)  # not every codec is one of texts
    except LookupError as error:
        raise CommandError(f"--encoding is {encoding}: {error}.") from error


def delimiter(options: dict[str, Any]) -> str | None:
    named: str | None = options["delimiter"]
    return "\t" if named == "tab" else named


def column_mapping(options: dict[str, Any]) -> dict[str, str]:
    """Fields by column, of texts such as "odometer=mileage". Raises CommandError."""
    mapping: dict[str, str] = {}
    for text in options["map"]:
        column, _, field = text.rpartition("=")
        if not column or field not in (*fields(), MAKE_AND_MODEL):
            raise CommandError(
                f"--map is {text}: write COLUMN=FIELD, where FIELD is one of"
                f" {', '.join(fields())} or {MAKE_AND_MODEL}."
            )
        mapping[cleaned(column)] = field
    parts = [part for field in mapping.values() for part in field.split("+")]
    if twice := [part for part in parts if parts.count(part) > 1]:
        raise CommandError(f"--map names two columns for {twice[0]}.")
    return mapping


def ignored_columns(options: dict[str, Any]) -> set[str]:
    return {cleaned(text) for text in options["ignore"]}
