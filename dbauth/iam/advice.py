"""What to do about a connection that failed: the server's error with the remedy added."""

import re

from psycopg2 import OperationalError

from dbauth.errors import OwnFaultError, TokenRefusedError, is_refusal
from dbauth.iam.login import Login


def explained(error: OperationalError, login: Login, sslmode: str) -> OwnFaultError | None:
    """An error that says the same and adds the remedy, where there is one."""
    text = str(error).strip()
    if is_refusal(error):
        from dbauth.iam.refusals import DOCTOR  # a page of text that only a refusal needs

        return TokenRefusedError(f"{text}\n{login.refusal_advice()}\n{DOCTOR}")
    if advice := _tls_advice(text, login, sslmode):
        return OwnFaultError(f"{text}\n{advice}")
    return None


def _tls_advice(text: str, login: Login, sslmode: str) -> str | None:
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
