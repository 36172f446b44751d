"""System checks of DATABASES entries with ENGINE "dbauth.dsql"."""

from collections.abc import Iterator
from typing import Any

from django.core.cache import caches
from django.core.checks import CheckMessage
from django.db import router

from dbauth import checks
from dbauth.dsql.login import DSQLLogin
from dbauth.iam.login import Login


class DatabaseValidation(checks.DatabaseValidation):
    """What DSQL asks for beyond what every engine of dbauth does."""

    def about(self, login: Login, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        yield from super().about(login, settings)
        yield from self._database(settings)
        yield from self._isolation(login)
        yield from self._requests(settings)
        yield from self._caches()
        if isinstance(login, DSQLLogin):
            yield from self._schema(login)

    def _database(self, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        if settings["NAME"] != "postgres":
            yield self.error(
                "E014",
                f"NAME is {settings['NAME']!r}, and a DSQL cluster has one database, postgres.",
                'Set NAME to "postgres"; schemas divide it (OPTIONS["schema"]).',
            )

    def _isolation(self, login: Login) -> Iterator[CheckMessage]:
        if "isolation_level" in login.options:
            yield self.error(
                "E015",
                f'OPTIONS["isolation_level"] is {login.options["isolation_level"]!r}, and DSQL '
                "refuses to have it set: it knows Repeatable Read alone.",
                "Remove the option.",
            )

    def _schema(self, login: DSQLLogin) -> Iterator[CheckMessage]:
        if not login.schema and not login.is_admin:
            yield self.warning(
                "W011",
                f'OPTIONS["schema"] is not set, and on DSQL a role such as {login.user!r} may not '
                "make tables in the schema public.",
                "Set it to the schema that the administrator made for the role.",
            )

    def _requests(self, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        if settings["ATOMIC_REQUESTS"]:
            yield self.warning(
                "W013",
                "ATOMIC_REQUESTS is True, so a view that is not retried ends with an error when "
                "its transaction meets a conflict, and may call no retried function.",
                "Decorate every view that writes with dbauth.retry.retried, which then is the "
                "request's transaction, or remove the setting.",
            )

    def _caches(self) -> Iterator[CheckMessage]:
        # Here, since a process that only serves runs no checks.
        from django.core.cache.backends.db import DatabaseCache

        from dbauth.cache import DatabaseCache as RetriedCache

        for alias in caches:
            backend = caches[alias]
            if not isinstance(backend, DatabaseCache) or isinstance(backend, RetriedCache):
                continue
            if router.db_for_write(backend.cache_model_class) == self.connection.alias:
                yield self.warning(
                    "W012",
                    f"CACHES[{alias!r}] is Django's DatabaseCache, which drops a write that meets "
                    "a conflict, and reports success.",
                    'Set its BACKEND to "dbauth.cache.DatabaseCache".',
                )
