"""What both FastAPI peers share: the model, the schemas and the queries, by SQLAlchemy."""

from __future__ import annotations

import base64
import os
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import HTTPException, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Select, create_engine, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:")
engine = create_engine(f"{url}&sslmode=verify-full&connect_timeout=5")


class Base(DeclarativeBase):
    pass


def now() -> datetime:
    return datetime.now(UTC)


class Car(Base):
    __tablename__ = "cars_car"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    make: Mapped[str]
    model: Mapped[str]
    year: Mapped[int]
    vin: Mapped[str | None]
    color: Mapped[str | None]
    mileage: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


def not_after_next_year(year: int) -> int:
    limit = now().year + 1
    if year > limit:
        raise ValueError(f"Ensure this value is less than or equal to {limit}.")
    return year


class CarIn(BaseModel):
    make: Annotated[str, Field(min_length=1, max_length=100)]
    model: Annotated[str, Field(min_length=1, max_length=100)]
    year: Annotated[int, Field(ge=1886), AfterValidator(not_after_next_year)]
    vin: Annotated[str, Field(pattern="^[A-HJ-NPR-Z0-9]{17}$")] | None = None
    color: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    mileage: Annotated[int, Field(ge=0, le=999_999)] = 0


class CarOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    make: str
    model: str
    year: int
    vin: str | None
    color: str | None
    mileage: int
    created_at: datetime
    updated_at: datetime


class Page(BaseModel):
    next: str | None
    previous: str | None
    results: list[CarOut]


class Filters(BaseModel):
    """The query parameters of GET /cars."""

    page_size: int = Field(50, ge=1, le=200)
    cursor: str | None = None
    make: str | None = None
    model: str | None = None
    year: int | None = None
    year_min: int | None = None
    year_max: int | None = None
    color: str | None = None
    vin: str | None = None


Given = Annotated[Filters, Query()]


def get_car(pk: uuid.UUID) -> Car:
    with Session(engine) as session:
        car = session.get(Car, pk)
    if car is None:
        raise HTTPException(404, "Not found.")
    return car


def list_cars(request: Request, given: Filters) -> dict[str, Any]:
    """A page without a count: one row more than asked for tells whether there is another."""
    query = _filtered(select(Car), given).order_by(Car.created_at.desc(), Car.id.desc())
    with Session(engine) as session:
        cars = list(session.scalars(query.limit(given.page_size + 1)))
    more, cars = len(cars) > given.page_size, cars[: given.page_size]
    following = _link(request, cursor=_cursor(cars[-1])) if more else None
    return {"next": following, "previous": None, "results": cars}


def add_car(given: CarIn) -> Car:
    car = Car(**given.model_dump())
    # What was stored is in the object already; expiring it would read it back.
    with Session(engine, expire_on_commit=False) as session:
        session.add(car)
        try:
            session.commit()
        except IntegrityError as error:
            raise HTTPException(400, "A car with this VIN already exists.") from error
    return car


def _filtered(query: Select[tuple[Car]], given: Filters) -> Select[tuple[Car]]:
    for name in ("make", "model", "year", "color", "vin"):
        if (value := getattr(given, name)) is not None:
            query = query.where(getattr(Car, name) == value)
    if given.year_min is not None:
        query = query.where(Car.year >= given.year_min)
    if given.year_max is not None:
        query = query.where(Car.year <= given.year_max)
    if given.cursor is not None:
        query = query.where(tuple_(Car.created_at, Car.id) < _position(given.cursor))
    return query


def _link(request: Request, **changes: str) -> str:
    """This request's URL with another query; Mangum leaves the stage to the event."""
    path = request.scope["aws.event"]["requestContext"]["path"]
    return str(request.url.replace(path=path).include_query_params(**changes))


def _cursor(car: Car) -> str:
    return base64.urlsafe_b64encode(f"{car.created_at.isoformat()} {car.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        time, _, pk = base64.urlsafe_b64decode(cursor).decode().partition(" ")
        return datetime.fromisoformat(time), uuid.UUID(pk)
    except ValueError as error:
        raise HTTPException(404, "Invalid cursor") from error
