"""`manage.py dbshell`: psql, signed in with a token."""

import sys
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.backends.postgresql import client

from dbauth.errors import MisconfiguredError
from dbauth.frames import forget_frames
from dbauth.iam.credentials import CredentialsError
from dbauth.iam.login import Login, RDSLogin
from dbauth.iam.tokens import TokenCache

# What libpq reads from the environment; Django passes on the TLS files and the mode by itself.
VARIABLES = {
    "hostaddr": "PGHOSTADDR",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "gssencmode": "PGGSSENCMODE",
    "options": "PGOPTIONS",
}


class DatabaseClient(client.DatabaseClient):
    """Django's client; the token travels in PGPASSWORD, which other users cannot read."""

    login_class: ClassVar[type[Login]] = RDSLogin

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        login = cls.login_class(settings_dict)
        options = login.connection_params(dict(settings_dict["OPTIONS"]))
        settings = {
            **settings_dict,
            "HOST": login.host,
            "PASSWORD": TokenCache().get(login.token_request).value,
            "OPTIONS": options,
        }
        arguments, environment = super().settings_to_cmd_args_env(settings, list(parameters))
        passed = {
            variable: str(options[name]) for name, variable in VARIABLES.items() if name in options
        }
        return arguments, {**(environment or {}), **passed}

    def runshell(self, parameters: Iterable[str]) -> None:
        outer = sys.exception()
        try:
            super().runshell(parameters)
        except (CredentialsError, MisconfiguredError) as error:
            from django.core.management import CommandError  # which a site has no need of

            forget_frames(error, outer)
            raise CommandError(str(error)) from None
        except BaseException as error:
            # The frames of subprocess.run hold the environment, and with it the token.
            forget_frames(error, outer)
            raise
