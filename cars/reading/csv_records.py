"""CSV cut into records by the csv module, where a stray quote costs its own line and no other.

In CSV such a quote opens a cell that goes on to the next quote, thousands of lines below, or to the
end of the file. So a record that spans lines and turns out wrong is given up but for its first
line, and what follows is read again as if the record had never begun.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from cars.reading.dialect import guessed_delimiter, named_delimiter
from cars.reading.source import MAX_ROW_BYTES, Source, UnreadableError, decode

# Each line is read at most so often, and so the time stays in proportion to the file's size.
MAX_ROW_LINES = 100


@dataclass(slots=True)
class Record:
    """The cells of a record that begins at `line`; none if there is an `error` in its `text`."""

    line: int
    text: str
    cells: list[str]
    error: str = ""


class Records:
    """The header and what follows it, without blank lines. The source must not be empty.

    A record with an error is one line. Wrong are, by themselves, what the csv module refuses and
    what exceeds MAX_ROW_LINES or MAX_ROW_BYTES; and, over several lines, another number of cells
    than the header's. `delimiter` is by default that of the header, or of a line `sep=` before it.
    """

    def __init__(self, source: Source, delimiter: str | None = None) -> None:
        self._feed = _Feed(source, delimiter)
        self.delimiter = self._feed.delimiter

    def __iter__(self) -> Iterator[Record]:
        feed = self._feed
        reader = csv.reader(feed, delimiter=feed.delimiter, strict=True)
        width = 0
        while True:
            line, cells, error = feed.next_line, [], ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as caught:
                error = str(caught)
            lines = feed.next_line - line
            if not error and width and lines > 1 and len(cells) != width:
                error = f"{len(cells)} cells over {lines} lines where the header has {width}"
            if error:
                yield Record(line, feed.take_first_line(), [], _hint(error, lines))
                continue
            text = feed.take()
            if cells:
                width = width or len(cells)
                yield Record(line, text, cells)


def _hint(error: str, lines: int) -> str:
    return f"{error} (is there a quote too many or too few?)" if lines > 1 else error


class _Feed:
    """Lines for csv.reader; remembers those of the record that it is at, and bounds them.

    No generator, because it goes on after an error and after its end: there are lines again.
    """

    def __init__(self, source: Source, delimiter: str | None) -> None:
        self._lines = source.lines()
        self.next_line, first = self._header()
        if named := named_delimiter(first):
            self.next_line, first = self._header()
        self.delimiter = delimiter or named or guessed_delimiter(first)
        self._again = deque([first])
        self._read: list[str] = []
        self._size = 0

    def _header(self) -> tuple[int, str]:
        for line, raw in self._lines:
            if raw.strip():
                return line, decode(raw, line)
        raise UnreadableError(1, "there is no header in this file.")

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self._read) == MAX_ROW_LINES or self._size > MAX_ROW_BYTES:
            raise csv.Error(f"no end within {len(self._read)} lines")
        text = self._again.popleft() if self._again else self._new_line()
        self.next_line += 1
        self._read.append(text)
        self._size += len(text)
        return text

    def _new_line(self) -> str:
        line, raw = next(self._lines)
        return decode(raw, line)

    def take(self) -> str:
        """The text of the record that csv.reader has just finished."""
        text = "".join(self._read)
        self._read.clear()
        self._size = 0
        return text

    def take_first_line(self) -> str:
        """The first line of that record. The others are to come again."""
        self._again.extendleft(reversed(self._read[1:]))
        self.next_line -= len(self._read) - 1
        del self._read[1:]
        return self.take()
