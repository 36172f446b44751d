"""What the steps share: the connection, what earlier steps found out, and the time that is left."""

import time
from functools import cached_property
from typing import Any, NamedTuple, cast

from django.db.backends.base.base import BaseDatabaseWrapper

from dbauth.base import DatabaseWrapper
from dbauth.iam.login import Login

# All steps together, in seconds. Lambda and API Gateway give up after 29 to 30.
BUDGET = 20
# A step that is out of time still gets so much, or its failure would say nothing about its subject.
LEAST = 0.5
DEFAULT_PORT = 5432


class Target(NamedTuple):
    """Where libpq is told to go; a `host` of "" or with a slash is a Unix socket."""

    host: str
    hostaddr: str | None
    port: int
    sslmode: str
    sslrootcert: str | None
    direct_tls: bool

    @property
    def is_remote(self) -> bool:
        """Whether one name over TCP is dialled; libpq takes lists as well."""
        return bool(self.host) and not self.host.startswith("/") and "," not in self.host


class Case:
    """One connection under examination."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.caller = ""  # the ARN that the credentials belong to, where AWS said so
        self.addresses: list[str] = []
        self._end = time.monotonic() + BUDGET

    def seconds(self, limit: float) -> float:
        """How long something may take that should not take longer than `limit`."""
        return max(LEAST, min(limit, self._end - time.monotonic()))

    @property
    def settings(self) -> dict[str, Any]:
        """The entry of settings.DATABASES."""
        return self.connection.settings_dict

    @property
    def options(self) -> dict[str, Any]:
        options: dict[str, Any] = self.settings["OPTIONS"]
        return options

    @property
    def is_postgresql(self) -> bool:
        return self.connection.vendor == "postgresql"

    @property
    def uses_iam(self) -> bool:
        return isinstance(self.connection, DatabaseWrapper)

    @property
    def is_remote(self) -> bool:
        return self.is_postgresql and self.target.is_remote

    @property
    def wrapper(self) -> DatabaseWrapper:
        """The connection, only where `uses_iam`."""
        return cast("DatabaseWrapper", self.connection)

    @property
    def login(self) -> Login:
        """Only where `uses_iam`; raises MisconfiguredError."""
        return self.wrapper.login

    @cached_property
    def target(self) -> Target:
        """Only where `is_postgresql`; raises ImproperlyConfigured."""
        # Never kept whole: the parameters hold the password.
        params = self.connection.get_connection_params()
        return Target(
            host=str(params.get("host") or ""),
            hostaddr=params.get("hostaddr"),
            port=int(params.get("port") or DEFAULT_PORT),
            sslmode=params.get("sslmode", "prefer"),
            sslrootcert=params.get("sslrootcert"),
            direct_tls=params.get("sslnegotiation") == "direct",
        )
