"""aws-lambda-powertools: its resolver for REST APIs, raw SQL behind it."""

from __future__ import annotations

from typing import Any

import orjson
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

from benchmarks.peers import plain

app = APIGatewayRestResolver(serializer=plain.encode)


@app.get("/cars")
def list_cars() -> dict[str, Any]:
    context = app.current_event.request_context
    url = f"https://{context.domain_name}{context.path}"
    try:
        return plain.list_cars(app.current_event.query_string_parameters, url)
    except ValueError as error:
        raise BadRequestError("Bad query.") from error


@app.get("/cars/<pk>")
def get_car(pk: str) -> dict[str, Any]:
    car = plain.get_car(pk)
    if car is None:
        raise NotFoundError("Not found.")
    return car


@app.post("/cars")
def add_car() -> Response[Any]:
    try:
        given = orjson.loads(app.current_event.decoded_body or "")
    except orjson.JSONDecodeError as error:
        raise BadRequestError("Bad JSON.") from error
    status, data = plain.add_car(given)
    return Response(status, "application/json", plain.encode(data))


handler = app.resolve
