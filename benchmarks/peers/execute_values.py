"""`python -m benchmarks.peers.execute_values FILE`: a CSV into the table, in one transaction."""

from __future__ import annotations

import csv
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg2.extras import execute_values

from benchmarks.peers.plain import COLUMNS, connection

INSERT = f"INSERT INTO cars_car ({', '.join(COLUMNS)}) VALUES %s"
ROWS_A_STATEMENT = 1000


def rows(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open(newline="") as file:
        for make, model, year, vin, color, mileage in list(csv.reader(file))[1:]:
            now = datetime.now(UTC)
            yield (
                *(str(uuid.uuid4()), make, model, int(year), vin or None, color or None),
                *(int(mileage), now, now),
            )


def main(path: Path) -> None:
    connection.autocommit = False
    with connection, connection.cursor() as cursor:
        execute_values(cursor, INSERT, rows(path), page_size=ROWS_A_STATEMENT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
