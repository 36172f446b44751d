"""Tokens, each signed once and shared by every connection until it is nearly stale."""

import threading
import time
from collections.abc import Callable

from dbauth.iam.credentials import Credentials, CredentialSource
from dbauth.iam.forking import after_fork
from dbauth.iam.signing import TokenRequest, sign

# A minute short of what the server grants, for slow networks and clocks that differ.
REUSE_SECONDS = 14 * 60
# A token dies with the credentials that signed it, so it is given up this long before them.
EXPIRY_MARGIN = 60


class Token:
    """A signed token, who signed it and when (seconds since 1970)."""

    __slots__ = ("_credentials", "issued_at", "value")

    def __init__(self, value: str, credentials: Credentials, issued_at: float) -> None:
        self.value = value
        self.issued_at = issued_at
        self._credentials = credentials

    def is_fresh(self, credentials: Credentials, now: float) -> bool:
        """Whether the server will take it from the holder of `credentials` at `now`."""
        if not self._credentials.same_as(credentials):
            return False
        # The server judges by wall time, so we do: a clock that ran ahead when the token was
        # signed leaves a token from the future, which is as useless as a stale one.
        if not 0 <= now - self.issued_at < REUSE_SECONDS:
            return False
        return credentials.expires_at is None or now < credentials.expires_at - EXPIRY_MARGIN

    def __repr__(self) -> str:
        return f"<Token issued at {self.issued_at:.0f}>"


class TokenCache:
    """The newest token for each request; safe to use from any number of threads."""

    def __init__(
        self,
        credentials: CredentialSource | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = credentials or CredentialSource()
        self._clock = clock
        self._tokens: dict[TokenRequest, Token] = {}
        self._make_lock()
        after_fork(self._make_lock)

    def _make_lock(self) -> None:
        # Held while signing, so that threads which ask at once share one token. Never while
        # loading credentials: boto3 may ask the network, and a good token need not wait for it.
        self._lock = threading.Lock()

    def get(self, request: TokenRequest) -> Token:
        """A token that the server should accept; raises CredentialsError."""
        credentials = self._credentials.load()
        with self._lock:
            token = self._tokens.get(request)
            if token is None or not token.is_fresh(credentials, self._clock()):
                token = self._sign(request, credentials)
            return token

    def renew(self, request: TokenRequest, refused: Token) -> Token:
        """A token of another value than `refused`; raises CredentialsError.

        Threads that were refused with the same token get one new token between them.
        """
        token = self._tokens.get(request)
        if token is not None and token is not refused:
            return token
        self._credentials.forget()
        credentials = self._credentials.load()
        with self._lock:
            token = self._tokens.get(request)
            if token is None or token is refused:
                token = self._sign(request, credentials, refused)
            return token

    def age(self, token: Token) -> float:
        """Seconds since `token` was signed."""
        return self._clock() - token.issued_at

    def _sign(
        self, request: TokenRequest, credentials: Credentials, refused: Token | None = None
    ) -> Token:
        when = self._clock()
        value = sign(request, credentials, when)
        if refused is not None and value == refused.value:
            # Two tokens of one second are the same. Dated back, not ahead: the server's clock may
            # be behind ours, and a token from the future is refused.
            when -= 1
            value = sign(request, credentials, when)
        token = self._tokens[request] = Token(value, credentials, when)
        return token
