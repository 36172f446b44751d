"""System checks: what is wrong with DATABASES, before the first connection finds out.

Django runs the checks of a backend's `validation_class` in `migrate` and in
`check --database default`; that takes nothing but the ENGINE. A plain `manage.py check` and
`runserver` never load a database backend, so they find these checks only where "dbauth" is in
INSTALLED_APPS (apps.py). The app leaves out the databases that Django checks by itself, so that
no message appears twice.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.db.backends.base.validation import BaseDatabaseValidation
from psycopg2 import ProgrammingError
from psycopg2.extensions import make_dsn

from dbauth.errors import MisconfiguredError
from dbauth.iam import roots
from dbauth.iam.login import Login

# Where libpq looks when nothing names a file.
DEFAULT_ROOTS = "~/.postgresql/root.crt"


# Of Django's backend and of psycopg2.connect(); `pool` has a message of its own.
DRIVER_OPTIONS = frozenset(
    [
        "assume_role",
        "connection_factory",
        "cursor_factory",
        "isolation_level",
        "pool",
        "server_side_binding",
    ]
)


def _is_known_to_libpq(name: str) -> bool:
    try:
        make_dsn(**{name: ""})
    except ProgrammingError:
        return False
    return True


def check_databases(databases: Collection[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """The messages for every database whose ENGINE is one of ours; what apps.py registers.

    `databases` are the aliases whose own checks Django runs in the same go.
    """
    messages: list[CheckMessage] = []
    for alias in set(connections).difference(databases or ()):
        # By name, so that the backends of other databases need not be loaded for this.
        if connections.settings[alias]["ENGINE"].partition(".")[0] == "dbauth":
            validation = connections[alias].validation
            if isinstance(validation, DatabaseValidation):
                messages += validation.check()
    return messages


class DatabaseValidation(BaseDatabaseValidation):
    """The checks of one database; an engine adds its own by extending `about`."""

    connection: Any  # a wrapper of ours, whose module imports this one

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Errors that keep the database from working, and warnings about what is unwise."""
        settings = self.connection.settings_dict
        try:
            login: Login = self.connection.login_class(settings)
        except MisconfiguredError as error:
            return [self.error(error.id, error.problem, error.remedy)]
        return [*super().check(**kwargs), *self.about(login, settings)]

    def about(self, login: Login, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        yield from self._pool(login)
        yield from self._unknown(login)
        yield from self._tls(login)
        yield from self._gss(login)
        yield from self._roots(login)
        yield from self._health(settings)
        yield from self._name(login)

    def error(self, id: str, problem: str, remedy: str) -> CheckMessage:  # noqa: A002 - Django's word
        return Error(self._line(problem), hint=remedy, id=f"dbauth.{id}")

    def warning(self, id: str, problem: str, remedy: str) -> CheckMessage:  # noqa: A002 - Django's word
        return CheckWarning(self._line(problem), hint=remedy, id=f"dbauth.{id}")

    def _line(self, problem: str) -> str:
        return f"DATABASES[{self.connection.alias!r}]: {problem}"

    def _pool(self, login: Login) -> Iterator[CheckMessage]:
        if login.options.get("pool"):
            yield self.error(
                "E008",
                'OPTIONS["pool"] is set, and pools need psycopg 3, which is not supported.',
                "Remove the option. CONN_MAX_AGE keeps connections open between requests.",
            )

    def _unknown(self, login: Login) -> Iterator[CheckMessage]:
        for name in login.connection_params(dict(login.options)):
            # Django and psycopg2 take some for themselves; the rest goes to libpq.
            if name not in DRIVER_OPTIONS and not _is_known_to_libpq(name):
                yield self.error(
                    "E009",
                    f"OPTIONS[{name!r}] is set, and libpq has no such parameter.",
                    "Correct the spelling, or remove the option.",
                )

    def _tls(self, login: Login) -> Iterator[CheckMessage]:
        mode = login.options.get("sslmode", "verify-full")
        if mode not in ("verify-full", login.strictest_sslmode):
            yield self.warning(
                "W001",
                f'OPTIONS["sslmode"] is {mode!r}, so the server\'s identity is not verified and '
                "the token may be handed to somebody else.",
                f'Set the option to "{login.strictest_sslmode}".',
            )

    def _gss(self, login: Login) -> Iterator[CheckMessage]:
        mode = login.options.get("gssencmode", "disable")
        if mode != "disable":
            yield self.warning(
                "W004",
                f'OPTIONS["gssencmode"] is {mode!r}, so a process with a Kerberos ticket encrypts '
                "without TLS, and no certificate is verified.",
                'Remove the option: the default is "disable".',
            )

    def _roots(self, login: Login) -> Iterator[CheckMessage]:
        params = login.connection_params(dict(login.options))
        if not params["sslmode"].startswith("verify-"):
            return
        named = roots.named(params)
        source = 'OPTIONS["sslrootcert"]' if "sslrootcert" in login.options else "PGSSLROOTCERT"
        if named == "system":
            yield from self._system_roots(login, source)
        elif named and not Path(named).is_file():
            problem = f"{source} is {named!r}, and there is no such file."
            yield self.error("E006", problem, login.roots_advice)
        elif not named and not Path(DEFAULT_ROOTS).expanduser().is_file():
            problem = f'OPTIONS["sslrootcert"] is not set, and there is no {DEFAULT_ROOTS}.'
            yield self.error("E006", problem, login.roots_advice)

    def _system_roots(self, login: Login, source: str) -> Iterator[CheckMessage]:
        if roots.are_rds(login.endpoint):
            problem = f"{source} is 'system', and no system carries the roots of Aurora and RDS."
            yield self.error("E006", problem, login.roots_advice)
        elif not os.environ.get("SSL_CERT_FILE"):
            yield self.error(
                "E006",
                f"{source} is 'system' and SSL_CERT_FILE is not set, and the OpenSSL inside "
                "psycopg2-binary does not know where this system has its roots.",
                f"Set SSL_CERT_FILE to the system's file of roots. Or: {login.roots_advice}",
            )

    def _health(self, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        if settings["CONN_MAX_AGE"] != 0 and not settings["CONN_HEALTH_CHECKS"]:
            yield self.warning(
                "W002",
                f"CONN_MAX_AGE is {settings['CONN_MAX_AGE']!r} and CONN_HEALTH_CHECKS is False, so "
                "a failover between two requests fails the second one.",
                "Set CONN_HEALTH_CHECKS to True; a busy connection pays no round trip for it.",
            )

    def _name(self, login: Login) -> Iterator[CheckMessage]:
        if login.endpoint.kind in ("rds-custom", "other"):
            yield self.warning(
                "W003",
                f"HOST {login.host!r} is a custom endpoint or a name of your own, and AWS takes "
                "tokens that were signed for the database's own endpoint alone.",
                "Set HOST to the endpoint that AWS shows; where it has to be reached at another "
                'address, set OPTIONS["hostaddr"] to that.',
            )
