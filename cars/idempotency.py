"""POST /cars, once: the same Idempotency-Key and body give the same car, however often they come.

A key names its car: the car's primary key is derived from it, so that the database's own uniqueness
decides between any number of concurrent requests, in the one INSERT that a POST is anyway. There is
no second table to keep in step, to clean up or to lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from cars.models import Car

HEADER = "Idempotency-Key"
CLIENT_HEADER = "Idempotency-Client"
REPLAYED = "Idempotent-Replayed"  # as payment APIs call it
ACCEPTABLE_KEY = re.compile(r"[\x20-\x7e]{1,255}")
# Long enough that nobody finds it by trying.
ACCEPTABLE_SECRET = re.compile(r"[\x20-\x7e]{16,255}")
NAMESPACE = uuid.UUID("7a4d0a52-3f0e-4b8b-9f0c-5d4f6d2a1c9e")
COLUMNS = {field.name: field for field in Car._meta.concrete_fields}


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
    request, however it is written. Users have keys of their own, and so has every client that sends
    a secret as Idempotency-Client; the keys of all others share one namespace.
    Raises ValidationError (400) for a key that is empty, too long or not printable ASCII, and for
    such a secret or a short one.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not ACCEPTABLE_KEY.fullmatch(key):
        raise ValidationError({HEADER: ["Use 1 to 255 printable ASCII characters."]})
    return Identity(
        id=uuid.uuid5(_namespace(request), f"{request.user.pk or ''}:{key}"),
        idempotency_fingerprint=fingerprint(body),
    )


def _namespace(request: Request) -> uuid.UUID:
    secret = request.META.get("HTTP_IDEMPOTENCY_CLIENT")
    if secret is None:
        return NAMESPACE
    if not ACCEPTABLE_SECRET.fullmatch(secret):
        raise ValidationError({CLIENT_HEADER: ["Use 16 to 255 printable ASCII characters."]})
    return uuid.uuid5(NAMESPACE, secret)


def fingerprint(body: Mapping[str, Any]) -> str:
    """A SHA-256 of what was asked for: of the fields' values that are no defaults, as JSON."""
    given = {
        name: value
        for name, value in body.items()
        if name not in COLUMNS or value != COLUMNS[name].get_default()
    }
    text = json.dumps(
        given, default=_canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """One representation for values that JSON has no type for, the same in every process."""
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, Decimal):
        return str(value.normalize())
    return str(value)
