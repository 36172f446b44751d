"""What can go wrong before there is a connection, with the remedy in the message."""

import re

from django.core.exceptions import ImproperlyConfigured
from psycopg2 import OperationalError

# psycopg2 gives a connection that failed no SQLSTATE, so the server's words have to do.
REFUSAL = re.compile(r"authentication failed|access denied", re.IGNORECASE)


class MisconfiguredError(ImproperlyConfigured):
    """A setting that cannot work; `manage.py check` reports the same under `id`."""

    def __init__(self, id: str, problem: str, remedy: str) -> None:  # noqa: A002 - Django's word
        super().__init__(f"{problem} {remedy}")
        self.id = id
        self.problem = problem
        self.remedy = remedy


class OwnFaultError(OperationalError):
    """No connection for a reason on our side, which every other host would meet as well."""


class TokenRefusedError(OwnFaultError):
    """The server refused two tokens in a row; Django turns it into its own OperationalError."""


def is_refusal(error: OperationalError) -> bool:
    """Whether a newer token may help: the server got one and did not like it."""
    return REFUSAL.search(str(error)) is not None
