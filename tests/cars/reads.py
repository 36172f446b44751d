"""Reads bytes as a file of cars."""

from __future__ import annotations

import io

import pytest

from cars.reading import Row, Source, UnreadableError, read


class Drip(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self.drop = size

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self.drop)


def rows(format_name: str, content: bytes | str, drop: int = 1 << 16) -> list[Row]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read(Source(Drip(raw, drop)), format_name))


def unreadable(format_name: str, content: bytes | str) -> str:
    with pytest.raises(UnreadableError) as caught:
        rows(format_name, content)
    return str(caught.value)
