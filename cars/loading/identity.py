"""Ids that are made from what a car is, so that it is the same car whenever it is loaded.

The first six bytes of an id are made from the name of the source, and so all cars of a source lie
together in the primary key's index. The other ten are made from what the car says and, for equal
cars without a VIN, from how many of them came before in the file. The place in the file is no part
of it: a file may be sorted, and lines may be added or removed.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from cars.models import Car

SOURCE_BYTES, CONTENT_BYTES = 6, 10
VERSION_8 = 0x8 << 76  # RFC 9562: the layout is the application's own
VARIANT = 0b10 << 62
MASK = ~(0xF << 76 | 0b11 << 62)

DEFAULTS = {field.name: field.get_default() for field in Car._meta.concrete_fields}


class Identities:
    """The ids of one source's cars."""

    def __init__(self, source: str) -> None:
        digest = blake2b(source.encode(errors="replace"), digest_size=SOURCE_BYTES).digest()
        self._prefix = int.from_bytes(digest) << 8 * CONTENT_BYTES

    def id(self, content: bytes, number: int = 0) -> UUID:
        """Of the car that says `content`, with `number` equal ones before it."""
        digest = blake2b(content, digest_size=CONTENT_BYTES, salt=number.to_bytes(8)).digest()
        value = self._prefix | int.from_bytes(digest)
        return UUID(int=value & MASK | VERSION_8 | VARIANT)

    def range(self) -> tuple[UUID, UUID]:
        """The lowest and the highest id that a car of this source may have."""
        return UUID(int=self._prefix), UUID(int=self._prefix | (1 << 8 * CONTENT_BYTES) - 1)


def content(valid: dict[str, Any]) -> bytes:
    """What a car says. null, a default and not given are the same, in whatever format."""
    given = {
        name: value
        for name, value in valid.items()
        if value is not None and value != DEFAULTS.get(name)
    }
    return orjson.dumps(given, default=str, option=orjson.OPT_SORT_KEYS)
