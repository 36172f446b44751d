"""What a file is that is no text of cars, by its first bytes."""

from __future__ import annotations

# Where https://en.wikipedia.org/wiki/List_of_file_signatures lists more than one, the usual one.
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
# A zip's first member names what the archive is; this is far more than enough for it.
HEAD_BYTES = 4096

SAVE_AS_CSV = 'Save it as "CSV UTF-8" and load that.'
WORKBOOK = f"this is an Excel workbook. {SAVE_AS_CSV}"
UTF_16 = "this is UTF-16. Read it as it is with --encoding {}."
OTHERS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": WORKBOOK,
    b"PAR1": "this is Parquet. Write it as CSV or JSON lines and load that.",
    b"SQLite format 3\0": "this is a SQLite database. Write the table as CSV and load that.",
    b"%PDF-": "this is a PDF, which has no rows.",
    b"BZh": "this is bzip2. Unpack it into a pipe: bzcat FILE | manage.py load_cars -",
    b"\xfd7zXZ\0": "this is xz. Unpack it into a pipe: xzcat FILE | manage.py load_cars -",
    b"\x28\xb5\x2f\xfd": "this is Zstandard. Unpack it into a pipe:"
    " zstdcat FILE | manage.py load_cars -",
    b"\xff\xfe\0\0": "this is UTF-32. Read it as it is with --encoding utf-32.",
    b"\xff\xfe": UTF_16.format("utf-16"),
    b"\xfe\xff": UTF_16.format("utf-16"),
}
MARKUP = (b"<!doctype", b"<html", b"<?xml")
PAIRS = 4


def other_kind(head: bytes) -> str | None:
    """A sentence about what begins with `head`, with a remedy; None for what may be cars."""
    if head.startswith(ZIP):
        return _archive(head)
    for signature, sentence in OTHERS.items():
        if head.startswith(signature):
            return sentence
    if head.lstrip().lower().startswith(MARKUP):
        return "this is a page of HTML or XML. Is it the right download?"
    return _unmarked_utf_16(head)


def _archive(head: bytes) -> str:
    if b"[Content_Types].xml" in head or b"xl/" in head or b"_rels/" in head:
        return WORKBOOK
    if b"opendocument.spreadsheet" in head:
        return f"this is an OpenDocument spreadsheet. {SAVE_AS_CSV}"
    return "this is a zip archive. Unpack it into a pipe: unzip -p FILE | manage.py load_cars -"


def _unmarked_utf_16(head: bytes) -> str | None:
    """Each second byte of what is mostly ASCII is zero."""
    even, odd = head[: 2 * PAIRS : 2], head[1 : 2 * PAIRS : 2]
    if len(odd) < PAIRS:
        return None
    if not any(odd) and all(even):
        return UTF_16.format("utf-16-le")
    return UTF_16.format("utf-16-be") if not any(even) and all(odd) else None
