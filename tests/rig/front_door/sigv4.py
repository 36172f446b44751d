"""Judge an IAM database token: a GET presigned with AWS Signature Version 4.

Written from AWS's description alone, without botocore and without the product's own signer, so that
neither is checked against itself.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=5)
NOTHING_HASHED = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Credentials:
    """A key pair that the door knows, and whose it is; session_token makes it a temporary one."""

    access_key: str
    secret_key: str
    session_token: str | None = None
    arn: str = "arn:aws:iam::123456789012:role/app"


@dataclass(frozen=True)
class Expected:
    """What a good token was signed for."""

    service: str
    region: str
    authorities: Sequence[str]
    parameters: Mapping[str, str]
    longest: timedelta


class TokenRefusedError(Exception):
    """Why a token is no good; `stale` where it once was."""

    def __init__(self, reason: str, *, stale: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stale = stale


def verify(
    token: str, expected: Expected, known: Mapping[str, Credentials], now: datetime
) -> Credentials:
    """The credentials that signed the token; TokenRefusedError if anything about it is wrong."""
    authority, _, query = token.partition("/?")
    if authority not in expected.authorities:
        raise TokenRefusedError("host")
    parameters = _parse(query)
    for name, value in expected.parameters.items():
        if parameters.get(name) != value:
            raise TokenRefusedError(name)
    signer = _signer(parameters, expected, known)
    _check_time(parameters, expected.longest, now)
    if not hmac.compare_digest(
        signature(authority, parameters, signer.secret_key), parameters.get("X-Amz-Signature", "")
    ):
        raise TokenRefusedError("signature")
    return signer


def signature(authority: str, parameters: Mapping[str, str], secret_key: str) -> str:
    """The signature of `GET /?parameters`; the parameters are unquoted."""
    signed = {name: value for name, value in parameters.items() if name != "X-Amz-Signature"}
    query = "&".join(
        sorted(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in signed.items()
        )
    )
    request = f"GET\n/\n{query}\nhost:{authority.lower()}\n\nhost\n{NOTHING_HASHED}"
    scope = signed["X-Amz-Credential"].split("/", 1)[1]
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return _hmac(key, f"{ALGORITHM}\n{signed['X-Amz-Date']}\n{scope}\n{digest}").hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _parse(query: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in query.split("&")]
    parameters = {unquote(name): unquote(value) for name, _, value in pairs}
    if len(parameters) != len(pairs):
        raise TokenRefusedError("a parameter twice")
    return parameters


def _signer(
    parameters: Mapping[str, str], expected: Expected, known: Mapping[str, Credentials]
) -> Credentials:
    if parameters.get("X-Amz-Algorithm") != ALGORITHM:
        raise TokenRefusedError("algorithm")
    if parameters.get("X-Amz-SignedHeaders") != "host":
        raise TokenRefusedError("signed headers")
    access_key, _, scope = parameters.get("X-Amz-Credential", "").partition("/")
    day = parameters.get("X-Amz-Date", "")[:8]
    names = ("scope date", "region", "service", "scope end")
    wanted = (day, expected.region, expected.service, "aws4_request")
    given = scope.split("/")
    if len(given) != len(wanted):
        raise TokenRefusedError("scope")
    for name, want, got in zip(names, wanted, given, strict=True):
        if want != got:
            raise TokenRefusedError(name)
    signer = known.get(access_key)
    if signer is None:
        raise TokenRefusedError("access key")
    if parameters.get("X-Amz-Security-Token") != signer.session_token:
        raise TokenRefusedError("session token")
    return signer


def _check_time(parameters: Mapping[str, str], longest: timedelta, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(parameters["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(
            tzinfo=UTC
        )
        lifetime = timedelta(seconds=int(parameters["X-Amz-Expires"]))
    except (KeyError, ValueError) as error:
        raise TokenRefusedError("date") from error
    if not timedelta() < lifetime <= longest:
        raise TokenRefusedError("lifetime")
    if signed_at - now > SKEW:
        raise TokenRefusedError("future")
    if now - signed_at > lifetime:
        raise TokenRefusedError("expired", stale=True)
