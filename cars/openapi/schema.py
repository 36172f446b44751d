"""The description of each operation: its parameters, headers, answers and examples."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from cars import idempotency, unknown
from cars.openapi import errors

REQUEST = {
    "make": "Alfa Romeo",
    "model": "Giulia",
    "year": 2019,
    "vin": "ZARFANBN5K7612345",
    "color": "rosso",
    "mileage": 48210,
}
CAR = {
    "id": "245045d1-d41a-5b0a-ac1e-50853816d960",
    **REQUEST,
    "created_at": "2026-11-22T18:44:18.376584Z",
    "updated_at": "2026-11-22T18:44:18.376584Z",
}
EXAMPLES = [
    OpenApiExample("A car", CAR, response_only=True),
    OpenApiExample("A car", REQUEST, request_only=True),
    OpenApiExample(
        "As little as possible", {"make": "Saab", "model": "96", "year": 1967}, request_only=True
    ),
]


def header(name: str, description: str, *statuses: int, kind: type = str) -> OpenApiParameter:
    """A header of the answers with these statuses."""
    return OpenApiParameter(name, kind, "header", description=description, response=[*statuses])


RETRY_AFTER = header("Retry-After", "Seconds to wait.", 429, 503, kind=int)
ETAG = header("ETag", "Send it as If-None-Match, and 304 says that nothing has changed.", 200)
LOCATION = header("Location", "The address of the car.", 201)
IGNORED = header(unknown.HEADER, "Names in the request that nothing reads.", 200, 201, 400)
REPLAYED = header(idempotency.REPLAYED, "true, where this car was made earlier.", 201)
CHALLENGE = header("WWW-Authenticate", "How to sign in: HTTP Basic.", 401)
IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.HEADER,
    # The pattern is cars.idempotency.ACCEPTABLE_KEY as OpenAPI writes it; HTTP strips outer spaces.
    type={"type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
    location=OpenApiParameter.HEADER,
    description="The same key and body give the same car, once, however often they are sent.",
)
IDEMPOTENCY_CLIENT = OpenApiParameter(
    idempotency.CLIENT_HEADER,
    type={"type": "string", "pattern": "^[!-~][ -~]{14,253}[!-~]$"},
    location=OpenApiParameter.HEADER,
    description="A secret of the client's, such as a random UUID: nobody else can use its keys.",
)
PARAMETERS = {
    "list": [RETRY_AFTER, ETAG, IGNORED],
    "create": [
        *(RETRY_AFTER, LOCATION, IGNORED, CHALLENGE),
        *(REPLAYED, IDEMPOTENCY_KEY, IDEMPOTENCY_CLIENT),
    ],
    "retrieve": [RETRY_AFTER, ETAG, IGNORED],
}
SUMMARIES = {
    "list": "List cars, newest first",
    "create": "Add a car",
    "retrieve": "Get one car",
}
DESCRIPTIONS = {
    "list": "All filters that are given must hold. Follow `next` until it is null.",
    "create": "Send an Idempotency-Key, and the same request can be sent again without a second"
    " car, after a time-out for example.",
    "retrieve": "",
}
ERRORS = {
    "list": errors.LIST,
    "create": errors.CREATE,
    "retrieve": errors.RETRIEVE,
}


class CarsSchema(AutoSchema):
    """Spectacular's description of a view, with every status that the view can answer with."""

    @property
    def kind(self) -> str:
        """Which operation this is. Its id would ask for the answers, which depend on this."""
        if self.method == "POST":
            return "create"
        return "retrieve" if "{id}" in self.path else "list"

    def get_summary(self) -> str:
        return SUMMARIES[self.kind]

    def get_description(self) -> str:  # type: ignore[override] # as Spectacular calls it
        return DESCRIPTIONS[self.kind]

    def get_override_parameters(self) -> list[Any]:
        return PARAMETERS[self.kind]

    def get_examples(self) -> list[OpenApiExample]:
        return EXAMPLES

    def get_auth(self) -> list[Any]:
        """HTTP Basic for writes; none at all is enough where CARS_WRITES_REQUIRE_LOGIN is off."""
        basic = super().get_auth()  # which puts the scheme among the components
        return [*basic, {}] if self.method == "POST" else []

    def map_parsers(self) -> list[str]:
        """JSON alone: forms are the browsable API's, and some generators send all three at once."""
        return ["application/json"]

    def get_response_serializers(self) -> Any:
        status = 201 if self.method == "POST" else 200
        success = {status: super().get_response_serializers()}
        return {**success, **errors.EVERYWHERE, **ERRORS[self.kind]}


class BasicScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped there
    """WriterAuthentication is HTTP Basic."""

    target_class = "carsite.http.authentication.WriterAuthentication"
    name = "basic"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "basic"}
