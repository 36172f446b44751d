"""Every error that an operation answers with, in both shapes, each with an example."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from rest_framework import serializers

JSON, PROBLEM = "application/json", "application/problem+json"

Responses = dict[tuple[int, str], OpenApiResponse]

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    503: "Service Unavailable",
}

MESSAGES = {"type": "array", "items": {"type": "string"}}
DETAIL = inline_serializer("Detail", {"detail": serializers.CharField()})
BY_FIELD = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": MESSAGES,
    "description": "What is wrong with each field, or `detail` where the request as a whole is.",
}
FIELD_ERROR = inline_serializer(
    "FieldError",
    {
        "field": serializers.CharField(help_text="A field, a query parameter or a header."),
        "code": serializers.CharField(),
        "detail": serializers.CharField(),
    },
)
PROBLEM_DETAILS = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "code": serializers.CharField(),
        "detail": serializers.CharField(),
        "errors": serializers.ListField(child=FIELD_ERROR, required=False),
    },
)


def error(status: int, description: str, code: str, detail: str) -> Responses:
    """An error with one sentence about it."""
    problem = {"code": code, "detail": detail}
    return _in_both_shapes(status, description, DETAIL, {"detail": detail}, problem)


def field_error(description: str, field: str, code: str, detail: str) -> Responses:
    """400, with what is wrong in each field."""
    errors = [{"field": field, "code": code, "detail": detail}]
    problem = {"code": "invalid", "detail": "1 value is wrong.", "errors": errors}
    return _in_both_shapes(400, description, BY_FIELD, {field: [detail]}, problem)


def _in_both_shapes(
    status: int, description: str, shape: Any, usual: Any, problem: dict[str, Any]
) -> Responses:
    full = {"type": "about:blank", "title": TITLES[status], "status": status, **problem}
    return {
        (status, kind): OpenApiResponse(
            schema, description, examples=[OpenApiExample(name, example, media_type=kind)]
        )
        for kind, schema, name, example in (
            (JSON, shape, "The usual shape", usual),
            (PROBLEM, PROBLEM_DETAILS, "Problem details", full),
        )
    }


EVERYWHERE = {
    **error(
        406,
        "None of the types in Accept can be had.",
        "not_acceptable",
        "Could not satisfy the request Accept header.",
    ),
    **error(
        503,
        "The database does not answer; see Retry-After.",
        "unavailable",
        "The database does not answer. Try again in a few seconds.",
    ),
}
LIST = {
    **field_error(
        "A filter or page_size is no valid value.", "year", "invalid", "Enter a whole number."
    ),
    **error(404, "The cursor is not one of ours.", "not_found", "Invalid cursor"),
}
RETRIEVE = error(404, "There is no such car.", "not_found", "No Car matches the given query.")
CREATE = {
    **field_error(
        "The body is wrong; nothing was stored.",
        "vin",
        "unique",
        "A car with this VIN already exists.",
    ),
    **error(
        401,
        "Writing needs a login here, and there was none or a wrong one.",
        "not_authenticated",
        "Authentication credentials were not provided.",
    ),
    **error(
        403,
        "This user may not add cars, or a page of another site has sent a form.",
        "permission_denied",
        "You do not have permission to perform this action.",
    ),
    **error(
        413,
        "The body is larger than 1 MB.",
        "too_large",
        "The body is larger than 1048576 bytes.",
    ),
    **error(
        415,
        "The body's media type is not supported.",
        "unsupported_media_type",
        'Unsupported media type "text/csv" in request.',
    ),
    **error(
        422,
        "The Idempotency-Key was used with another body.",
        "idempotency_key_reused",
        "This Idempotency-Key was used with another body. Use a new key for a new car.",
    ),
    **error(
        429,
        "Too many wrong passwords for this account or from this address; see Retry-After.",
        "throttled",
        "Too many failed logins. Expected available in 540 seconds.",
    ),
}
