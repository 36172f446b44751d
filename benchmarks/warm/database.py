"""Databases of cars, as many as are asked for, behind verified TLS."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.rig.postgresql import PostgreSQL
from tests.rig.service import Service
from tests.rig.services import Rig, deployed, password_door

OLDEST, OLDEST_MAKE = 60, "First"

# The oldest cars have a make of their own, the others twenty makes of five models; 37 years,
# ten colours and none; a quarter has no VIN. In order of time, as cars come, three a second.
CARS = """
    INSERT INTO cars_car (id, make, model, year, vin, color, mileage, created_at, updated_at)
    SELECT gen_random_uuid(), CASE WHEN n <= {oldest} THEN '{make}' ELSE 'Make ' || n % 20 END,
           'Model ' || n % 100, 1990 + n * 7 % 37,
           CASE WHEN n % 4 > 0 THEN 'TEST' || lpad(n::text, 13, '0') END,
           (ARRAY['red', 'green', 'blue', 'black', 'white', 'grey', 'silver', 'yellow', 'brown',
                  'beige'])[1 + n * 3 % 11],
           n * 79 % 300000, moment, moment
    FROM generate_series(1, {count}) n,
         LATERAL (SELECT timestamptz '2026-01-01 UTC' + n / 3 * interval '1 second') AS at(moment)
"""

# Primary key and UNIQUE first: each has an index of the same name.
INDEXES = """
    SELECT format('ALTER TABLE cars_car DROP CONSTRAINT %I', conname),
           format('ALTER TABLE cars_car ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = 'cars_car'::regclass AND contype IN ('p', 'u')
    UNION ALL
    SELECT format('DROP INDEX %I', indexname), indexdef
    FROM pg_indexes WHERE tablename = 'cars_car'
    AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
# For what runs in the same session: room to sort an index in.
ROOM = "SET maintenance_work_mem = '512MB'"


@dataclass(frozen=True)
class Cars:
    """A database with `count` cars: the URL to it through the door, and SQL in it."""

    count: int
    url: str
    rows: Callable[[str], list[tuple]]
    service: Service

    def ids(self, count: int) -> list[str]:
        """Ids from all over the table, evenly."""
        step = self.count // count
        found = self.rows(
            "SELECT id::text FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS n"
            f" FROM cars_car) numbered WHERE n % {step} = 0 LIMIT {count}"
        )
        return [row[0] for row in found]


@contextlib.contextmanager
def filled(server: PostgreSQL, folder: Path, count: int) -> Iterator[Cars]:
    """A database of its own, with the project's tables and indexes and `count` cars."""
    name = f"cars_{count}"
    with password_door(Rig(folder, lambda: server), name) as (url, rows):
        environment = deployed("regular", url) | {"STATIC_ROOT": str(folder / "static")}
        service = Service(name, "django", environment, rows, folder / f"{name}.log")
        fill(service, count)
        yield Cars(count, url, rows, service)


def fill(service: Service, count: int) -> None:
    """The project's tables and indexes in the service's empty database, and `count` cars."""
    service.manage("migrate", "--verbosity=0")
    with without_indexes(service.rows):
        service.rows(CARS.format(count=count, oldest=OLDEST, make=OLDEST_MAKE))
    service.rows("VACUUM ANALYZE cars_car")
    service.rows("CHECKPOINT")  # or the disk is busy with this while others are measured


@contextlib.contextmanager
def without_indexes(rows: Callable[[str], list[tuple]]) -> Iterator[None]:
    """Make the table's indexes after the block: sorted once, ten million cars take minutes."""
    indexes = rows(INDEXES)
    for drop, _ in indexes:
        rows(drop)
    yield
    for _, create in indexes:
        rows(f"{ROOM}; {create}")
