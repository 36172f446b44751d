"""POST /cars, once: the same Idempotency-Key and body give the same car, however often they come.

A key names its car: the car's primary key is derived from it, so that the database's own uniqueness
decides between any number of concurrent requests, in the one INSERT that a POST is anyway. There is
no second table to keep in step, to clean up or to lock.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from cars.models import Car

HEADER = "Idempotency-Key"
ACCEPTABLE_KEY = re.compile(r"[\x20-\x7e]{1,255}")
NAMESPACE = uuid.UUID("7a4d0a52-3f0e-4b8b-9f0c-5d4f6d2a1c9e")


class KeyReusedError(APIException):
    status_code = 422
    default_detail = f"This {HEADER} was used with another body. Use a new key for a new car."
    default_code = "idempotency_key_reused"


@dataclass(frozen=True)
class Identity:
    """What a key and a body make of a car: its id, and a SHA-256 of what was asked for."""

    id: uuid.UUID
    idempotency_fingerprint: str


def identify(request: Request, body: Mapping[str, Any]) -> Identity | None:
    """The identity of the car that this request asks for, None without an Idempotency-Key.

    `body` is the validated body, and defaults in it count as not given: the same car is the same
    request, however it is written. Keys of authenticated users are their own; those of anonymous
    clients share one namespace.
    Raises ValidationError (400) for a key that is empty, too long or not printable ASCII.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not ACCEPTABLE_KEY.fullmatch(key):
        raise ValidationError({HEADER: ["Use 1 to 255 printable ASCII characters."]})
    return Identity(
        id=uuid.uuid5(NAMESPACE, f"{request.user.pk or ''}:{key}"),
        idempotency_fingerprint=hashlib.sha256(
            orjson.dumps(_without_defaults(body), option=orjson.OPT_SORT_KEYS)
        ).hexdigest(),
    )


def _without_defaults(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in body.items()
        if value != Car._meta.get_field(name).get_default()  # type: ignore[union-attr] # a column
    }
