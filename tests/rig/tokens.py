"""IAM tokens from boto3's own generators: the client that neither rig nor product had a hand in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.rig.front_door import CREDENTIALS, Credentials

REGION = "us-east-1"


@lru_cache
def _client(service: str, credentials: Credentials, region: str = REGION) -> Any:
    import boto3  # here, because the processes of the stand-ins import this module and sign nothing

    session = boto3.Session(
        credentials.access_key, credentials.secret_key, credentials.session_token, region
    )
    return session.client(service)


def rds_token(
    host: str,
    port: int,
    user: str,
    *,
    credentials: Credentials = CREDENTIALS,
    region: str = REGION,
) -> str:
    token: str = _client("rds", credentials).generate_db_auth_token(host, port, user, region)
    return token


def dsql_token(
    host: str,
    user: str = "admin",
    *,
    credentials: Credentials = CREDENTIALS,
    region: str = REGION,
    seconds: int = 900,
) -> str:
    """A token for `admin`, or one for all other users."""
    client = _client("dsql", credentials, region)
    kind = "admin_auth_token" if user == "admin" else "auth_token"
    token: str = getattr(client, f"generate_db_connect_{kind}")(host, ExpiresIn=seconds)
    return token
