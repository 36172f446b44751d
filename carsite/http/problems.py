"""Errors as RFC 9457 problem details, for clients whose Accept names application/problem+json.

    {"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid",
     "detail": "1 field is wrong.",
     "errors": [{"field": "year", "code": "min_value", "detail": "Ensure this value ..."}]}

Everybody else gets REST framework's own shape: `{"detail": ...}`, or a list of messages by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

MEDIA_TYPE = "application/problem+json"

# Of what is answered outside REST framework, by the names that it would use.
CODES = {
    400: "parse_error",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "throttled",
    503: "unavailable",
}

# RFC 9110's, which Python has since 3.13.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def are_wanted(request: HttpRequest | Request) -> bool:
    """Whether Accept names them; a wildcard does not."""
    return MEDIA_TYPE in request.META.get("HTTP_ACCEPT", "") and any(
        f"{each.main_type}/{each.sub_type}" == MEDIA_TYPE for each in request.accepted_types
    )


def problem(status: int, data: Any) -> dict[str, Any]:
    """The problem that REST framework's `data` describes: a detail, or messages by field."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    found = {"type": "about:blank", "title": title, "status": status}
    if isinstance(data, dict) and set(data) == {"detail"} and isinstance(data["detail"], str):
        return {**found, **_described(data["detail"], default=CODES.get(status, "error"))}
    errors = [{"field": field, **_described(text)} for field, text in _messages(data)]
    wrong = "1 value is wrong." if len(errors) == 1 else f"{len(errors)} values are wrong."
    return {**found, "code": "invalid", "detail": wrong, "errors": errors}


def _described(text: str, default: str = "invalid") -> dict[str, str]:
    code = text.code if isinstance(text, ErrorDetail) else None
    return {"code": code or default, "detail": str(text)}


def _messages(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each message with the field that it is about; fields of nested serializers have dots."""
    if isinstance(data, dict):
        for name, inner in data.items():
            yield from _messages(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list | tuple):
        for inner in data:
            yield from _messages(inner, path)
    else:
        yield path, data
