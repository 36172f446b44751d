"""What the two peers without an ORM share: SQL, one kept connection, hand-written checks."""

from __future__ import annotations

import base64
import binascii
import os
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import psycopg2

COLUMNS = ("id", "make", "model", "year", "vin", "color", "mileage", "created_at", "updated_at")
SELECT = f"SELECT {', '.join(COLUMNS)} FROM cars_car"
INSERT = f"INSERT INTO cars_car ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
CONDITIONS = {
    "make": "make = %s",
    "model": "model = %s",
    "year": "year = %s",
    "year_min": "year >= %s",
    "year_max": "year <= %s",
    "color": "color = %s",
    "vin": "vin = %s",
}
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
JSON = {"Content-Type": "application/json"}

connection: Any = psycopg2.connect(
    f"{os.environ['DATABASE_URL']}&sslmode=verify-full&connect_timeout=5"
)
connection.autocommit = True  # each request is one statement


def get_car(pk: str) -> dict[str, Any] | None:
    try:
        uuid.UUID(pk)
    except ValueError:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE id = %s", [pk])
        row = cursor.fetchone()
    return dict(zip(COLUMNS, row, strict=True)) if row else None


def list_cars(query: Mapping[str, str], url: str) -> dict[str, Any]:
    """A page, and the link to the next one. Raises ValueError for what is no number or cursor."""
    size = min(int(query.get("page_size", 50)), 200)
    given = [name for name in CONDITIONS if name in query]
    where, values = [CONDITIONS[name] for name in given], [query[name] for name in given]
    if "cursor" in query:
        where.append("(created_at, id) < (%s, %s)")
        values += _position(query["cursor"])
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SELECT}{condition} ORDER BY created_at DESC, id DESC LIMIT %s", [*values, size + 1]
        )
        rows = cursor.fetchall()
    cars = [dict(zip(COLUMNS, row, strict=True)) for row in rows[:size]]
    following = {**query, "cursor": _cursor(cars[-1])} if len(rows) > size else None
    return {
        "next": f"{url}?{urlencode(following)}" if following else None,
        "previous": None,
        "results": cars,
    }


def add_car(given: Any) -> tuple[int, dict[str, Any]]:
    """The status, and the car or what is wrong with it."""
    if errors := _errors(given):
        return 400, errors
    now = datetime.now(UTC)
    car = {
        "id": str(uuid.uuid4()),
        "make": given["make"],
        "model": given["model"],
        "year": given["year"],
        "vin": given.get("vin"),
        "color": given.get("color"),
        "mileage": given.get("mileage", 0),
        "created_at": now,
        "updated_at": now,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, list(car.values()))
    except psycopg2.errors.UniqueViolation:
        return 400, {"vin": ["A car with this VIN already exists."]}
    return 201, car


def encode(data: Any) -> str:
    return orjson.dumps(data, option=orjson.OPT_UTC_Z).decode()


def _errors(given: Any) -> dict[str, list[str]]:
    if not isinstance(given, dict):
        return {"detail": ["An object is expected."]}
    errors = {}
    for name, limit, needed in (("make", 100, True), ("model", 100, True), ("color", 50, False)):
        value = given.get(name)
        if value is None and not needed:
            continue
        if not (isinstance(value, str) and 0 < len(value) <= limit):
            errors[name] = [f"1 to {limit} characters are needed."]
    if not _between(1886, given.get("year"), datetime.now(UTC).year + 1):
        errors["year"] = ["1886 to next year."]
    if not _between(0, given.get("mileage", 0), 999_999):
        errors["mileage"] = ["0 to 999999."]
    vin = given.get("vin")
    if vin is not None and not (isinstance(vin, str) and VIN.fullmatch(vin)):
        errors["vin"] = ["A VIN is 17 capital letters and digits without I, O and Q."]
    return errors


def _between(least: int, value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _cursor(car: Mapping[str, Any]) -> str:
    position = f"{car['created_at'].isoformat()} {car['id']}"
    return base64.urlsafe_b64encode(position.encode()).decode()


def _position(cursor: str) -> list[str]:
    try:
        time, _, pk = base64.urlsafe_b64decode(cursor).decode().partition(" ")
    except binascii.Error as error:
        raise ValueError("not a cursor") from error
    return [time, str(uuid.UUID(pk))]
