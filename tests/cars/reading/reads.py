"""Reads bytes as a file of cars."""

from __future__ import annotations

import io
from typing import Any

import pytest

from cars.reading import Row, Source, Table, UnreadableError, read


class Drip(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self.drop = size

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self.drop)


def table(
    format_name: str,
    content: bytes | str,
    drop: int = 1 << 16,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return read(Source(Drip(raw, drop), encoding), format_name, delimiter)


def rows(format_name: str, content: bytes | str, drop: int = 1 << 16, **options: Any) -> list[Row]:
    return list(table(format_name, content, drop, **options).rows)


def unreadable(format_name: str, content: bytes | str, **options: Any) -> str:
    with pytest.raises(UnreadableError) as caught:
        rows(format_name, content, **options)
    return str(caught.value)
