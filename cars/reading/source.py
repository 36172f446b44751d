"""The bytes of a file or a pipe, in chunks or lines of bounded size."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

CHUNK_BYTES = 64 * 1024
# A car is some hundred bytes. More is a missing quote or bracket, and must not fill the memory.
MAX_ROW_BYTES = 1024 * 1024


class UnreadableError(Exception):
    """The rest of the file makes no sense; `line` (from 1) is where that was noticed."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


class Source:
    """A binary stream, read once from its beginning.

    `position` counts the bytes read so far. `first_line` is the number of the first line that is
    not blank and `first_character` what it begins with, b"" in an empty file. A byte order mark
    and blank lines before the first row are left out.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.position = 0
        self.first_line = 1
        self._head = self._read_head()
        self.first_character = self._head.lstrip()[:1]

    def chunks(self) -> Iterator[bytes]:
        head, self._head = self._head, b""
        if head:
            yield head
        while chunk := self._read():
            yield chunk

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number, line with its newline) for each line, blank ones included."""
        number, rest = self.first_line, b""
        for chunk in self.chunks():
            *complete, rest = (rest + chunk).split(b"\n")
            if number == self.first_line:
                _refuse_bare_cr(number, complete[0] if complete else rest)
            for line in complete:
                yield number, line + b"\n"
                number += 1
            if len(rest) > MAX_ROW_BYTES:
                raise too_long(number)
        if rest:
            yield number, rest

    def _read(self) -> bytes:
        # read1 and not read: a pipe's rows come as they are written.
        chunk = self._stream.read1(CHUNK_BYTES)
        self.position += len(chunk)
        return chunk

    def _read_head(self) -> bytes:
        """Everything from the first line with something on it, as far as it is read."""
        head = b""
        while len(head) < len(codecs.BOM_UTF8) and (chunk := self._read()):
            head += chunk
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnreadableError(
                1, "this is UTF-16. Convert the file first: `iconv -f UTF-16 -t UTF-8`."
            )
        head = self._without_blank_lines(head.removeprefix(codecs.BOM_UTF8))
        while not head.strip() and len(head) <= MAX_ROW_BYTES and (chunk := self._read()):
            head = self._without_blank_lines(head + chunk)
        return head

    def _without_blank_lines(self, head: bytes) -> bytes:
        # Whole lines only: a tab in front of a header is an empty first cell.
        blank = len(head) - len(head.lstrip())
        end = head.rfind(b"\n", 0, blank) + 1
        self.first_line += head.count(b"\n", 0, end)
        return head[end:]


def _refuse_bare_cr(number: int, line: bytes) -> None:
    """Such a file is one line: without this, an error at a quote or a bracket that is not there."""
    if b"\r" in line.rstrip(b"\r"):
        raise UnreadableError(
            number,
            "its lines end in CR alone, as on old Macs. Convert the file first: `tr '\\r' '\\n'`.",
        )


def too_long(line: int) -> UnreadableError:
    return UnreadableError(
        line,
        f"a row that begins here is longer than {MAX_ROW_BYTES:,} bytes."
        " Is a quote or a bracket missing?",
    )


def decode(raw: bytes, line: int) -> str:
    """`raw`, which begins at `line`, as text. Raises UnreadableError if it is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError(
            line + raw.count(b"\n", 0, error.start),
            f"not UTF-8 (byte 0x{raw[error.start]:02x}). Convert the file first, for example with"
            " `iconv -f WINDOWS-1252 -t UTF-8`.",
        ) from error
