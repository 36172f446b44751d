"""Who connects where, and what IAM and the database have to allow for it."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.backends.postgresql.psycopg_any import is_psycopg3

from dbauth.defaults import ANSWER_SECONDS, CONNECT_SECONDS, NETWORK
from dbauth.errors import MisconfiguredError
from dbauth.iam import roots
from dbauth.iam.endpoints import parse, region_for
from dbauth.iam.signing import TokenRequest, rds_request
from dbauth.liveness import IDLE_CHECK_SECONDS
from dbauth.retry import DEFAULT_SECONDS

HIGHEST_PORT = 65535
# libpq's default is to try TLS and to trust anybody. A setting in OPTIONS wins over each of these.
DEFAULTS = {"sslmode": "verify-full", **NETWORK}


class Login(ABC):
    """One entry of settings.DATABASES, understood; raises MisconfiguredError where it cannot be."""

    # Options of the backend itself, which libpq would not understand.
    own_options: ClassVar[frozenset[str]] = frozenset(
        {"region", "idle_check_seconds", "retry_seconds", "answer_seconds"}
    )
    services: ClassVar[tuple[str, ...]]
    engine_for_others: ClassVar[str]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        _require_psycopg2()
        self.options: Mapping[str, Any] = settings.get("OPTIONS") or {}
        if settings.get("PASSWORD") or self.options.get("password"):
            raise MisconfiguredError(
                "E001",
                "PASSWORD is set, and this engine signs in with IAM tokens alone.",
                "Remove PASSWORD (in DATABASE_URL: the part between the user and the @).",
            )
        self.host: str = _one_host(_required(settings, "HOST", "the endpoint that AWS shows"))
        self.user: str = _required(settings, "USER", "the database role that IAM may sign in as")
        # The port is part of what RDS signs, so libpq's default has to be known here.
        self.port = _port(settings.get("PORT") or 5432)
        # None stands for the database that administrators connect to, to make others.
        if settings.get("NAME") == "":
            _required(settings, "NAME", "the database's name")
        self.connect_timeout = self._seconds("connect_timeout", CONNECT_SECONDS)
        self.idle_check_seconds = self._seconds("idle_check_seconds", IDLE_CHECK_SECONDS)
        self.retry_seconds = self._seconds("retry_seconds", DEFAULT_SECONDS)
        self.answer_seconds = self._seconds("answer_seconds", ANSWER_SECONDS)
        self.endpoint = parse(self.host)
        if self.endpoint.kind not in (*self.services, "other"):
            raise MisconfiguredError(
                "E005",
                f"HOST {self.host!r} is an endpoint of another service.",
                f'Set ENGINE to "{self.engine_for_others}", or correct the host.',
            )
        self.region = region_for(self.endpoint, self.options.get("region"))

    def _seconds(self, option: str, default: float) -> float:
        if option not in self.options:
            return default
        # libpq takes a connect_timeout of 0 for "no limit", which nobody wants on purpose.
        return _number(f'OPTIONS["{option}"]', self.options[option], "E007")

    @cached_property
    @abstractmethod
    def token_request(self) -> TokenRequest:
        """What tokens are signed for."""

    @property
    def publicly_trusted(self) -> bool:
        """Whether the server's certificate chains to Amazon's public roots."""
        return True

    @property
    def strictest_sslmode(self) -> str:
        """The most that can be verified of a server by this name."""
        return "verify-full"

    @property
    @abstractmethod
    def roots_advice(self) -> str:
        """Where the roots of the server's certificate are to be had."""

    @abstractmethod
    def refusal_advice(self) -> str:
        """What to check when a token is refused, and the commands that do; never a secret."""

    def connection_params(self, params: dict[str, Any]) -> dict[str, Any]:
        """`params` as libpq takes them, with this backend's defaults and without its options."""
        params = {**DEFAULTS, **params, "host": self.host}
        for name in self.own_options:
            params.pop(name, None)
        # Whole seconds are all that libpq takes.
        params["connect_timeout"] = math.ceil(self.connect_timeout)
        if "sslrootcert" not in params and self.publicly_trusted:
            params["sslrootcert"] = roots.named(params) or roots.public_file()
        return params


class RDSLogin(Login):
    """A role of Aurora PostgreSQL, RDS for PostgreSQL or RDS Proxy."""

    services = ("rds", "rds-custom", "rds-proxy")
    engine_for_others = "dbauth.dsql"

    @cached_property
    def token_request(self) -> TokenRequest:
        return rds_request(host=self.host, port=self.port, user=self.user, region=self.region)

    @property
    def publicly_trusted(self) -> bool:
        return roots.are_public(self.endpoint)

    @property
    def roots_advice(self) -> str:
        if self.publicly_trusted:
            return "RDS Proxy uses Amazon's public roots: remove the option to use them."
        return roots.RDS_ADVICE

    def refusal_advice(self) -> str:
        from dbauth.iam.refusals import rds_refusal  # a page of text that only a refusal needs

        return rds_refusal(self.user, self.endpoint, self.region)


def _required(settings: Mapping[str, Any], name: str, meaning: str) -> str:
    value = settings.get(name)
    if not value:
        raise MisconfiguredError("E002", f"{name} is not set.", f"Set it to {meaning}.")
    return str(value)


def _one_host(host: str) -> str:
    if "," in host:
        raise MisconfiguredError(
            "E002", f"HOST is {host!r}, and a token is signed for one host.", "Name one host."
        )
    # The dot that ends a full name is in no certificate, and must not be signed either.
    return host.removesuffix(".")


def _port(value: Any) -> int:
    try:
        port = int(str(value))
    except ValueError:
        port = 0
    if not 0 < port <= HIGHEST_PORT:
        raise MisconfiguredError(
            "E002", f"PORT is {value!r}.", f"Set it to a whole number from 1 to {HIGHEST_PORT}."
        )
    return port


def _number(name: str, value: Any, error_id: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < math.inf:
        raise MisconfiguredError(
            error_id, f"{name} is {value!r}.", "Set it to a number above zero."
        )
    return number


def _require_psycopg2() -> None:
    # Django takes psycopg 3 as soon as it is installed, whatever else is.
    if is_psycopg3:
        raise MisconfiguredError(
            "E004",
            "psycopg 3 is installed, Django prefers it, and this backend is made for psycopg2.",
            "`pip uninstall psycopg psycopg-binary`.",
        )
