"""A peer for the cold start: GET /cars by FastAPI, SQLAlchemy and Mangum.

The same columns in the same order, with the same page size and the same connection options.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime

from fastapi import FastAPI, Query
from mangum import Mangum
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:")
engine = create_engine(f"{url}&sslmode=verify-full&connect_timeout=5")
app = FastAPI(root_path="/regular")


class Base(DeclarativeBase):
    pass


class Car(Base):
    __tablename__ = "cars_car"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    make: Mapped[str]
    model: Mapped[str]
    year: Mapped[int]
    vin: Mapped[str | None]
    color: Mapped[str | None]
    mileage: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


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


@app.get("/cars")
def cars(page_size: int = Query(50, ge=1, le=200)) -> Page:
    with Session(engine) as session:
        query = select(Car).order_by(Car.created_at.desc(), Car.id.desc()).limit(page_size)
        found = [CarOut.model_validate(car) for car in session.scalars(query)]
    return Page(next=None, previous=None, results=found)


handler = Mangum(app, lifespan="off", api_gateway_base_path="/regular")
