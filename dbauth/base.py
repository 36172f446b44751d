"""ENGINE "dbauth": Aurora and RDS PostgreSQL, signed in to with IAM tokens instead of a password.

Everything but the connecting is Django's own PostgreSQL backend.
"""

import logging
import sys
import time
from typing import Any, ClassVar

from django.db.backends.postgresql import base as postgresql
from django.utils.functional import cached_property
from psycopg2 import OperationalError
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from dbauth.checks import DatabaseValidation
from dbauth.client import DatabaseClient
from dbauth.errors import OwnFaultError, is_refusal
from dbauth.features import DatabaseFeatures
from dbauth.frames import forget_frames
from dbauth.iam.advice import explained
from dbauth.iam.credentials import CredentialsError
from dbauth.iam.login import Login, RDSLogin
from dbauth.iam.tokens import Token, TokenCache
from dbauth.liveness import LivenessMixin
from dbauth.waits import WaitsMixin

logger = logging.getLogger("dbauth")


class DatabaseWrapper(WaitsMixin, LivenessMixin, postgresql.DatabaseWrapper):
    """Django's PostgreSQL backend with a token where the password would be."""

    client_class = DatabaseClient
    features_class = DatabaseFeatures
    validation_class = DatabaseValidation
    login_class: ClassVar[type[Login]] = RDSLogin
    # One for the process: every thread has a wrapper of its own, and they share their tokens.
    tokens: ClassVar[TokenCache] = TokenCache()

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        self._token: Token | None = None

    @property
    def token_age(self) -> float | None:
        """Seconds since the open connection's token was signed; None without a connection."""
        if self.connection is None or self._token is None:
            return None
        return self.tokens.age(self._token)

    @property
    def idle_check_seconds(self) -> float:
        return self.login.idle_check_seconds

    @property
    def answer_seconds(self) -> float:
        return self.login.answer_seconds

    @property
    def check_seconds(self) -> float:
        return self.login.connect_timeout

    @cached_property
    def login(self) -> Login:
        """What the settings say; of all that it reads, Django changes nothing at run time."""
        return self.login_class(self.settings_dict)

    def get_connection_params(self) -> dict[str, Any]:
        return self.params_for(self.login)

    def params_for(self, login: Login) -> dict[str, Any]:
        """What libpq is told to connect as `login` says, without the token."""
        params = {**super().get_connection_params(), "port": login.port}
        params.pop("hostaddr", None)
        if "hostaddr" in login.options:
            params["hostaddr"] = login.options["hostaddr"]
        return login.connection_params(params)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        outer = sys.exception()
        try:
            return self.reach(conn_params)
        except BaseException as error:
            # The frames below this one hold the token; this one and Django's above it do not.
            forget_frames(error, outer)
            raise

    def reach(self, conn_params: dict[str, Any]) -> Connection:
        """A connection; an engine may know of more than one host."""
        return self.sign_in(self.login, conn_params)

    def sign_in(self, login: Login, params: dict[str, Any]) -> Connection:
        """A connection and a line in the log, or an error with its remedy."""
        started = time.perf_counter()
        try:
            connection, token = self._open_with_token(login, params)
        except CredentialsError as error:
            raise OwnFaultError(str(error)) from error
        except OperationalError as error:
            if better := explained(error, login, params["sslmode"]):
                raise better from error
            raise
        self._token = token
        self._log(login, params, token, (time.perf_counter() - started) * 1000)
        return connection

    def _open_with_token(self, login: Login, params: dict[str, Any]) -> tuple[Connection, Token]:
        """One try, and one more with a newer token where the server refuses the first."""
        request = login.token_request
        token = self.tokens.get(request)
        try:
            return self._open(params, token), token
        except OperationalError as error:
            if not is_refusal(error):
                raise
            self._warn(token, error)
        token = self.tokens.renew(request, refused=token)
        return self._open(params, token), token

    def _open(self, params: dict[str, Any], token: Token) -> Connection:
        return super().get_new_connection({**params, "password": token.value})

    def _warn(self, token: Token, error: OperationalError) -> None:
        # Should the newer token be accepted, nothing else tells what was wrong with this one.
        logger.warning(
            "An IAM token %.0f s old was refused (%s), so a newer one is tried: %s",
            self.tokens.age(token),
            self.alias,
            " ".join(str(error).split()),
        )

    def _log(self, login: Login, params: dict[str, Any], token: Token, milliseconds: float) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        age = self.tokens.age(token)
        logger.info(
            "Connected to %s:%s/%s as %s (%s) with an IAM token %.0f s old",
            login.host,
            login.port,
            params.get("dbname", ""),
            login.user,
            self.alias,
            age,
            extra={
                "database": self.alias,
                "database_host": login.host,
                "database_role": login.user,
                "connect_milliseconds": round(milliseconds, 1),
                "token_age": round(age),
            },
        )
