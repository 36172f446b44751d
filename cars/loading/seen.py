"""What a file has said so far, in a temporary file: memory does not grow with the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple


class Seen(NamedTuple):
    """Where a VIN stood before, and the id of the car that had it."""

    place: str
    id: bytes


class Memory:
    """Remembers the VINs of a source, and its equal cars without one."""

    def __init__(self) -> None:
        # Without a name it is a temporary file that SQLite itself removes, made when it outgrows
        # the cache.
        # One thread after the other uses it (cars.loading.ahead).
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            "CREATE TABLE vins (vin TEXT PRIMARY KEY, place TEXT, id BLOB) WITHOUT ROWID;"
            "CREATE TABLE contents (hash INTEGER PRIMARY KEY, times INTEGER);"
            "BEGIN"  # never committed: nothing needs to be written down for good
        )

    def count(self, content: bytes) -> int:
        """How many equal cars came before this one."""
        key = int.from_bytes(blake2b(content, digest_size=8).digest(), signed=True)
        ((times,),) = self._database.execute(
            "INSERT INTO contents VALUES (?, 1)"
            " ON CONFLICT (hash) DO UPDATE SET times = times + 1 RETURNING times - 1",
            [key],
        )
        return int(times)

    def known(self, cars: Sequence[tuple[str, str, bytes]]) -> dict[str, Seen]:
        """Of (vin, place, id), by place: those whose VIN came before, and where.

        Remembers the others.
        """
        remember = "INSERT OR IGNORE INTO vins VALUES (?, ?, ?)"
        if self._database.executemany(remember, cars).rowcount == len(cars):
            return {}
        return {
            place: first for vin, place, _id in cars if (first := self._first(vin)).place != place
        }

    def _first(self, vin: str) -> Seen:
        query = "SELECT place, id FROM vins WHERE vin = ?"
        return Seen(*self._database.execute(query, [vin]).fetchone())

    def close(self) -> None:
        self._database.close()
