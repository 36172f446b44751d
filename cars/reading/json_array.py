"""A JSON array of objects, of any size and however it is laid out.

The array is cut at its top-level commas and each piece is parsed by itself. A streaming parser
would not say at which line an element begins, and would end at the first mistake inside one. Cut
this way, a bad element costs only itself, and deep nesting is no more than a counter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cars.reading.json_shapes import refuse_other_shapes
from cars.reading.rows import Table, json_row
from cars.reading.source import MAX_ROW_BYTES, Source, UnreadableError, too_long

# Most strings are skipped in one step; a quote alone begins one that the chunk's end or an escape
# interrupts.
OUTSIDE_STRINGS = re.compile(rb'"[^"\\\n]*"|["\[\]{},]')
# JSON has no raw newlines in strings: there a string ends whose closing quote is missing.
INSIDE_STRING = re.compile(rb'["\\\n]')


def read_json_array(source: Source) -> Table:
    """A row for each element."""
    refuse_other_shapes(source)
    if source.first_character != b"[":
        raise UnreadableError(
            source.first_line, "a JSON array begins with [. For other formats there is --format."
        )
    return Table(
        json_row(number, line, text, in_array=True)
        for number, (line, text) in enumerate(_elements(source), start=1)
    )


def _elements(source: Source) -> Iterator[tuple[int, bytes]]:
    """(line, text) of each element; the text may be anything but an unfinished array."""
    cutter, pending, line, cuts = _Cutter(), bytearray(), source.first_line, 0
    for chunk in source.chunks():
        start = 0
        for cut in cutter.cuts(chunk):
            pending += chunk[start:cut]
            start = cut + 1
            text = bytes(pending.strip())
            # Nothing is before the opening bracket, nor between it and the closing one of `[]`.
            if cuts > 1 or (cuts == 1 and (text or not cutter.closed)):
                yield _first_line(pending, line), text
            cuts += 1
            line += pending.count(b"\n")
            pending.clear()
        pending += chunk[start:]
        if len(pending) > MAX_ROW_BYTES:
            raise too_long(_first_line(pending, line))
        if cutter.closed and pending.strip():
            raise UnreadableError(_first_line(pending, line), "something follows the array's end.")
    if not cutter.closed:
        raise UnreadableError(_first_line(pending, line), "the file ends inside the array.")


def _first_line(text: bytearray, line: int) -> int:
    """The line that `text` begins at, without the blank it begins with at `line`."""
    return line + text.count(b"\n", 0, len(text) - len(text.lstrip()))


class _Cutter:
    """Follows brackets and strings from chunk to chunk; looks at each byte at most twice."""

    def __init__(self) -> None:
        self.depth = 0
        self.closed = False
        self._in_string = False
        self._escaped = False

    def cuts(self, chunk: bytes) -> Iterator[int]:
        """Where in `chunk` the array's own brackets and commas are."""
        position = int(self._escaped)
        self._escaped = False
        while not self.closed:
            found = (INSIDE_STRING if self._in_string else OUTSIDE_STRINGS).search(chunk, position)
            if found is None:
                return
            position = found.end()
            if self._in_string:
                position = self._string(found[0], position, chunk)
            elif self._is_cut(found[0]):
                yield found.start()

    def _string(self, token: bytes, position: int, chunk: bytes) -> int:
        """Where to go on after a quote, backslash or newline in a string."""
        if token != b"\\":
            self._in_string = False
            return position
        self._escaped = position == len(chunk)
        return position + 1

    def _is_cut(self, token: bytes) -> bool:
        match token:
            case b"," | b"]" if self.depth == 1:
                self.closed = token == b"]"
                return True
            case b"[" | b"{":
                self.depth += 1
                return self.depth == 1
            case b"]" | b"}" if self.depth > 1:
                self.depth -= 1
            case b'"':
                self._in_string = True
        return False
