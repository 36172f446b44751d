"""FastAPI under Mangum, `def`: a thread for each request, as its tutorial shows for SQLAlchemy."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import FastAPI, Request
from mangum import Mangum

from benchmarks.peers import fastapi_cars as cars

app = FastAPI()


@app.get("/cars", response_model=cars.Page)
def list_cars(request: Request, given: cars.Given) -> Any:
    return cars.list_cars(request, given)


@app.post("/cars", response_model=cars.CarOut, status_code=201)
def add_car(given: cars.CarIn) -> Any:
    return cars.add_car(given)


@app.get("/cars/{pk}", response_model=cars.CarOut)
def get_car(pk: uuid.UUID) -> Any:
    return cars.get_car(pk)


handler = Mangum(app, lifespan="off", api_gateway_base_path="/regular")
