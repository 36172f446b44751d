"""A password that nobody sees: made here, known to the database and to AWS Secrets Manager."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import DatabaseError
from psycopg2.extensions import encrypt_password

from dbauth.grants import identifier, literal
from dbauth.iam.quiet import quiet_botocore

BYTES = 32


class NotRenewedError(Exception):
    """There is no new password, and the old one holds."""


class HalfRenewedError(Exception):
    """The secret may have a password that the database has not; the next `renew` heals that."""


def renew(administrator: Any, user: str, secret: str, region: str) -> None:
    """Give `user` another password and put it into the secret, as RDS Proxy reads it there.

    administrator: a DatabaseWrapper. secret: its ARN or name. Who is connected stays so. Raises
    NotRenewedError where neither has changed, and HalfRenewedError where one of them may have:
    there is no transaction over both, so the database's is committed when the secret is put.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    except ImportError as error:
        raise NotRenewedError("Secrets Manager needs boto3: `pip install boto3`.") from error
    try:
        with quiet_botocore():  # it prints its requests, the password among them
            client = boto3.client("secretsmanager", region_name=region)
            _renew(administrator, user, secret, client)
    except HTTPClientError as error:  # no answer to a request that may have arrived
        raise HalfRenewedError(str(error).strip()) from error
    except (BotoCoreError, ClientError, DatabaseError) as error:
        raise NotRenewedError(str(error).strip()) from error


def _renew(administrator: Any, user: str, secret: str, client: Any) -> None:
    password = secrets.token_urlsafe(BYTES)
    with administrator.cursor() as cursor:
        # Only the hash is sent, so no log of the server has the password.
        hashed = encrypt_password(password, user, administrator.connection, "scram-sha-256")
        administrator.set_autocommit(False)
        try:
            cursor.execute(f"ALTER USER {identifier(user)} PASSWORD {literal(hashed)}")
            client.put_secret_value(
                SecretId=secret,
                SecretString=json.dumps({"username": user, "password": password}),
            )
        except BaseException:
            administrator.rollback()
            raise
        try:
            administrator.commit()
        except DatabaseError as error:
            raise HalfRenewedError(str(error).strip()) from error
