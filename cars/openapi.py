"""What the OpenAPI generator cannot read off the views: error answers and the Idempotency-Key.

Used by carsite.settings.schema only, never by the running service.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from cars import idempotency

DETAIL = inline_serializer("Detail", {"detail": serializers.CharField()})
BY_FIELD = {
    "type": "object",
    "additionalProperties": {},
    "description": "The fields that are wrong and why, or `detail` where the body as a whole is.",
}

READ_ERRORS = {
    403: OpenApiResponse(DETAIL, description="Credentials that were sent are wrong."),
    406: OpenApiResponse(DETAIL, description="None of the types in Accept can be had."),
    503: OpenApiResponse(DETAIL, description="The database does not answer; see Retry-After."),
}
LIST_ERRORS = {
    400: OpenApiResponse(BY_FIELD, description="A filter or page_size is no valid value."),
    404: OpenApiResponse(DETAIL, description="The cursor is not one of ours."),
}
DETAIL_ERRORS = {404: OpenApiResponse(DETAIL, description="There is no such car.")}
CREATE_ERRORS = {
    400: OpenApiResponse(BY_FIELD, description="The body is wrong; nothing was stored."),
    403: OpenApiResponse(DETAIL, description="Writing needs a login here."),
    413: OpenApiResponse(DETAIL, description="The body is larger than 1 MB."),
    415: OpenApiResponse(DETAIL, description="The body's media type is not supported."),
    422: OpenApiResponse(DETAIL, description="The Idempotency-Key was used with another body."),
}
IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.HEADER,
    # The pattern is cars.idempotency.ACCEPTABLE_KEY as OpenAPI writes it; HTTP strips outer spaces.
    type={"type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
    location=OpenApiParameter.HEADER,
    description="The same key and body give the same car, once, however often they are sent.",
)


SUMMARIES = {
    "cars_list": "List cars, newest first",
    "cars_create": "Add a car",
    "cars_retrieve": "Get one car",
}


class CarsSchema(AutoSchema):
    """Spectacular's description of a view, with every status that the view can answer with."""

    def get_summary(self) -> str:
        return SUMMARIES[self.get_operation_id()]

    def get_override_parameters(self) -> list[Any]:
        return [IDEMPOTENCY_KEY] if self.method == "POST" else []

    def get_response_serializers(self) -> Any:
        success = super().get_response_serializers()
        if self.method == "POST":
            return {201: success, **READ_ERRORS, **CREATE_ERRORS}
        own = DETAIL_ERRORS if "{id}" in self.path else LIST_ERRORS
        return {200: success, **READ_ERRORS, **own}
