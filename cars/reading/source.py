"""The text of a file or a pipe, in chunks or lines of bounded size."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from cars.reading.streams import Counted, Readable, UnreadableError, utf8

__all__ = ["MAX_ROW_BYTES", "Source", "UnreadableError", "decode", "too_long"]

# A car is some hundred bytes. More is a missing quote or bracket, and must not fill the memory.
MAX_ROW_BYTES = 1024 * 1024


class Source:
    """A binary stream, read once from its beginning.

    `encoding` is that of its text, by default UTF-8. `first_line` is the number of the first line
    that is not blank, `head` what is read of it and `first_character` what it begins with, b"" in
    an empty file. A byte order mark and blank lines before the first row are left out. Lines may
    end in LF, CR LF or, as on old Macs, in CR.
    """

    def __init__(self, stream: Readable, encoding: str | None = None) -> None:
        self._stream = Counted(stream)
        self._text = utf8(self._stream, encoding)
        self.first_line = 1
        self.head = self._read_head()
        self.first_character = self.head.lstrip()[:1]

    @property
    def position(self) -> int:
        """How many bytes of the stream are read."""
        return self._stream.position

    def chunks(self) -> Iterator[bytes]:
        if self.head:
            yield self.head
        while chunk := self._text.read1():
            yield chunk

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(line number, line with its newline) for each line, blank ones included."""
        number, rest, ends_in_cr = self.first_line, b"", False
        for chunk in self.chunks():
            rest += chunk
            if number == self.first_line:
                # The last byte may be half of CR LF.
                ends_in_cr = ends_in_cr or (b"\n" not in rest and b"\r" in rest[:-1])
            if ends_in_cr:
                rest = rest.replace(b"\r", b"\n")
            *complete, rest = rest.split(b"\n")
            for line in complete:
                yield number, line + b"\n"
                number += 1
            if len(rest) > MAX_ROW_BYTES:
                raise too_long(number)
        if rest:
            yield number, rest

    def _read_head(self) -> bytes:
        """Everything from the first line with something on it, as far as it is read."""
        head = b""
        while len(head) < len(codecs.BOM_UTF8) and (chunk := self._text.read1()):
            head += chunk
        head = self._without_blank_lines(head.removeprefix(codecs.BOM_UTF8))
        while not head.strip() and len(head) <= MAX_ROW_BYTES and (chunk := self._text.read1()):
            head = self._without_blank_lines(head + chunk)
        return head

    def _without_blank_lines(self, head: bytes) -> bytes:
        # Whole lines only: a tab in front of a header is an empty first cell.
        blank = len(head) - len(head.lstrip())
        end = head.rfind(b"\n", 0, blank) + 1
        self.first_line += head.count(b"\n", 0, end)
        return head[end:]


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
            f"not UTF-8 (byte 0x{raw[error.start]:02x}). Read the file as it is with --encoding"
            " and its encoding, which is often windows-1252.",
        ) from error
