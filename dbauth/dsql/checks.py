"""System checks of DATABASES entries with ENGINE "dbauth.dsql"."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage

from dbauth import checks
from dbauth.dsql.login import DSQLLogin
from dbauth.iam.login import Login


class DatabaseValidation(checks.DatabaseValidation):
    """What DSQL asks for beyond what every engine of dbauth does."""

    def about(self, login: Login, settings: dict[str, Any]) -> Iterator[CheckMessage]:
        yield from super().about(login, settings)
        yield from self._database(settings)
        yield from self._isolation(login)
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
