"""AWS credentials: from the environment when they are there, else from boto3.

Lambda puts them in the environment. Profiles, SSO, container and instance roles, and Lambda's
SnapStart need boto3's provider chain, which is imported only when it is needed.
"""

import math
import os
import threading
import time
from typing import Any

from dbauth.iam.forking import after_fork

# Seconds. A role that lost its permission refuses every connection, and the chain behind each
# would ask the network again.
FORGET_INTERVAL = 60


class CredentialsError(Exception):
    """There are no usable AWS credentials; the message says what to do about it."""


class Credentials:
    """A key pair, its session token and when they end (seconds since 1970, None if unknown)."""

    # Not a dataclass: importing `dataclasses` costs a cold start more than signing does. Not a
    # tuple either: error reporters print what they can iterate over.
    __slots__ = ("access_key", "expires_at", "secret_key", "session_token")

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        expires_at: float | None = None,
    ) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.session_token = session_token or None
        self.expires_at = expires_at

    def same_as(self, other: "Credentials") -> bool:
        """Whether both sign alike; an expiry that was merely prolonged does not matter."""
        return (self.access_key, self.secret_key, self.session_token) == (
            other.access_key,
            other.secret_key,
            other.session_token,
        )

    def __repr__(self) -> str:
        return f"<Credentials {self.access_key}>"


class CredentialSource:
    """The credentials of this process, looked up again for every connection.

    Reading the environment again costs about a microsecond and notices a rotation at once. What
    boto3 found is kept, because boto3 renews it by itself.
    """

    def __init__(self) -> None:
        self._forgotten_at = -math.inf
        self._start()
        after_fork(self._start)

    def _start(self) -> None:
        # boto3's credentials have a lock of their own, so a child process looks for them again.
        self._provided: Any = None
        self._lock = threading.Lock()

    def load(self) -> Credentials:
        """The current credentials; raises CredentialsError without any."""
        return _from_environment() or self._from_boto3()

    def forget(self) -> None:
        """Ask boto3's chain from scratch next time: a file or role may have changed.

        Once in FORGET_INTERVAL at most.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._forgotten_at >= FORGET_INTERVAL:
                self._forgotten_at = now
                self._provided = None

    def _from_boto3(self) -> Credentials:
        from dbauth.iam.quiet import quiet_botocore  # credentials from the environment do without

        with quiet_botocore():
            provided = self._provider()
            frozen = _frozen(provided)
        # botocore does not publish when credentials end, and a token dies with them.
        expiry = getattr(provided, "_expiry_time", None)
        return Credentials(
            frozen.access_key, frozen.secret_key, frozen.token, expiry and expiry.timestamp()
        )

    def _provider(self) -> Any:
        """What boto3 found, looked for by one thread at a time; later refreshes are boto3's."""
        if (provided := self._provided) is not None:
            return provided
        with self._lock:
            if self._provided is None:
                self._provided = _boto3_credentials()
            return self._provided


def _from_environment() -> Credentials | None:
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    # Half a pair is for boto3 to explain; an expiry means that somebody renews these variables.
    if not access_key or not secret_key:
        return None
    # The order is botocore's: AWS_SECURITY_TOKEN is the older name and wins where both are set.
    session_token = os.environ.get("AWS_SECURITY_TOKEN") or os.environ.get("AWS_SESSION_TOKEN")
    return Credentials(access_key, secret_key, session_token, _environment_expiry())


def _environment_expiry() -> float | None:
    text = os.environ.get("AWS_CREDENTIAL_EXPIRATION")
    if not text:
        return None
    from datetime import datetime  # imported here: Lambda never sets the variable

    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        message = f"AWS_CREDENTIAL_EXPIRATION is {text!r}. Set an ISO 8601 time, or unset it."
        raise CredentialsError(message) from None


def _boto3_credentials() -> Any:
    try:
        # Imported here: it takes longer than everything else that a connection needs.
        import boto3
    except ImportError:
        raise CredentialsError(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set and boto3 is not installed. "
            "Set them, or `pip install boto3` for profiles, SSO and roles."
        ) from None
    try:
        found = boto3.Session().get_credentials()
    except Exception as error:  # noqa: BLE001 - see _explained
        raise _explained(error) from None
    if found is None:
        raise CredentialsError(
            "No AWS credentials: not in the environment, in a profile, nor from a role. Set "
            "AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws login` or "
            "`aws sso login`; `aws sts get-caller-identity` checks them."
        )
    return found


def _frozen(provided: Any) -> Any:
    try:
        return provided.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - see _explained
        raise _explained(error) from None


def _explained(error: Exception) -> CredentialsError:
    """The one error of every provider: helpers that are missing or print no JSON raise anything."""
    from botocore.exceptions import BotoCoreError, ClientError  # loaded already

    # botocore's texts are made for reading; others may quote what they failed to parse.
    known = isinstance(error, (BotoCoreError, ClientError))
    reason = str(error) if known else f"{type(error).__name__} in its provider."
    # Never chained: the frames of botocore's error hold the keys that it was working with.
    return CredentialsError(
        f"boto3 could not provide AWS credentials: {reason} "
        "`aws sts get-caller-identity` shows the same in the same environment."
    )
