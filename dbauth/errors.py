"""What can go wrong before there is a connection, with the remedy in the message."""

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from psycopg2 import OperationalError

if TYPE_CHECKING:
    from dbauth.iam.login import Login

# psycopg2 gives a connection that failed no SQLSTATE, so the server's words have to do.
REFUSAL = re.compile(r"authentication failed|access denied", re.IGNORECASE)
# What the writer of a cluster says after it became a reader: no operational error by its SQLSTATE.
READ_ONLY = "25006"
RDS_ROOTS = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


class Misconfigured(ImproperlyConfigured):
    """A setting that cannot work; `manage.py check` reports the same under `id`."""

    def __init__(self, id: str, problem: str, remedy: str) -> None:  # noqa: A002 - Django's word
        super().__init__(f"{problem} {remedy}")
        self.id = id
        self.problem = problem
        self.remedy = remedy


class TokenRefusedError(OperationalError):
    """The server refused two tokens in a row; Django turns it into its own OperationalError."""


def is_read_only(error: BaseException) -> bool:
    """Whether an error of Django's or psycopg2's is SQLSTATE 25006."""
    code = getattr(error, "pgcode", None) or getattr(error.__cause__, "pgcode", None)
    return bool(code == READ_ONLY)


def is_refusal(error: OperationalError) -> bool:
    """Whether a newer token may help: the server got one and did not like it."""
    return REFUSAL.search(str(error)) is not None


def explained(error: OperationalError, login: "Login", sslmode: str) -> OperationalError | None:
    """An error that says the same and adds the remedy, where there is one."""
    text = str(error).strip()
    if is_refusal(error):
        from dbauth.iam.refusals import DOCTOR  # a page of text that only a refusal needs

        return TokenRefusedError(f"{text}\n{login.refusal_advice()}\n{DOCTOR}")
    if advice := _tls_advice(text, login, sslmode):
        return OperationalError(f"{text}\n{advice}")
    return None


def _tls_advice(text: str, login: "Login", sslmode: str) -> str | None:
    if "certificate verify failed" in text or "root certificate file" in text:
        return (
            'The server\'s certificate does not chain to a root in OPTIONS["sslrootcert"]. '
            f"{login.roots_advice}"
        )
    if "does not match host name" in text:
        return (
            f"HOST {login.host!r} is not a name of the server. Set HOST to the endpoint that AWS "
            'shows, and OPTIONS["hostaddr"] where it has to be reached at another address.'
        )
    if re.search(r"no encryption|SSL off|requires? (?:SSL|TLS)|(?:SSL|TLS).*required", text):
        return (
            f'OPTIONS["sslmode"] is {sslmode!r}, and the server takes tokens over TLS alone. '
            'Remove the option: the default is "verify-full".'
        )
    return None
