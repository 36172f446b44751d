"""AWS Signature Version 4, as far as database tokens need it.

A token is a presigned GET request without its scheme, used as a password. botocore signs it too,
but loading botocore costs a cold start about a hundred milliseconds of CPU; this module needs the
standard library alone, and the tests hold it to boto3's output byte for byte.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import time
from typing import NamedTuple
from urllib.parse import quote

from dbauth.iam.credentials import Credentials

# Seconds that the server accepts a token for. RDS fixes 900; DSQL allows more, but a token that
# lives longer than it has to is only worth more to whoever finds it.
TOKEN_LIFETIME = 900

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_BODY = hashlib.sha256(b"").hexdigest()
HTTPS_PORT = ":443"


class TokenRequest(NamedTuple):
    """What a token is signed for: everything but the credentials and the time.

    `host` is what the URL of the request names: `host:port` for RDS, the bare host for DSQL.
    """

    service: str
    region: str
    host: str
    parameters: tuple[tuple[str, str], ...]


def rds_request(*, host: str, port: int, user: str, region: str) -> TokenRequest:
    """What boto3's `rds` client signs in generate_db_auth_token: host, port and user."""
    parameters = (("Action", "connect"), ("DBUser", user))
    return TokenRequest("rds-db", region, f"{host}:{port}", parameters)


def dsql_request(*, host: str, region: str, admin: bool) -> TokenRequest:
    """What boto3's `dsql` client signs in generate_db_connect[_admin]_auth_token."""
    action = "DbConnectAdmin" if admin else "DbConnect"
    return TokenRequest("dsql", region, host, (("Action", action),))


def sign(request: TokenRequest, credentials: Credentials, when: float) -> str:
    """The token for `request`, valid TOKEN_LIFETIME seconds from `when` (seconds since 1970)."""
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(when))
    scope = f"{timestamp[:8]}/{request.region}/{request.service}/aws4_request"
    query = [
        *request.parameters,
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", f"{credentials.access_key}/{scope}"),
        ("X-Amz-Date", timestamp),
        ("X-Amz-Expires", str(TOKEN_LIFETIME)),
        ("X-Amz-SignedHeaders", "host"),
    ]
    if credentials.session_token:
        query.append(("X-Amz-Security-Token", credentials.session_token))
    encoded = [f"{_encode(name)}={_encode(value)}" for name, value in query]
    digest = hashlib.sha256(_canonical_request(request.host, encoded).encode()).hexdigest()
    signature = _hmac(
        _signing_key(credentials.secret_key, scope), f"{ALGORITHM}\n{timestamp}\n{scope}\n{digest}"
    ).hex()
    return f"{request.host}/?{'&'.join(encoded)}&X-Amz-Signature={signature}"


def _canonical_request(host: str, encoded: list[str]) -> str:
    # The Host header of an HTTPS request to port 443 leaves the port out, so the signature does.
    header = host.lower().removesuffix(HTTPS_PORT)
    return f"GET\n/\n{'&'.join(sorted(encoded))}\nhost:{header}\n\nhost\n{EMPTY_BODY}"


def _signing_key(secret_key: str, scope: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
