"""A TLS handshake with a PostgreSQL server, negotiated and verified as libpq does it.

https://www.postgresql.org/docs/current/libpq-ssl.html
"""

import contextlib
import os
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path

from dbauth.checks import DEFAULT_ROOTS
from dbauth.doctor.case import Target

SSL_REQUEST = struct.pack("!II", 8, 80877103)
ALPN = "postgresql"


class NotPostgreSQLError(Exception):
    """What listens there answers in another language."""


class NoTLSError(Exception):
    """The server does not offer TLS."""


class RootsError(Exception):
    """The file with the roots cannot be read."""


@contextlib.contextmanager
def secured(
    target: Target, address: str, context: ssl.SSLContext, seconds: float
) -> Iterator[ssl.SSLSocket]:
    """The socket behind TLS; raises the errors above, and OSError from the network and from ssl."""
    with socket.create_connection((address, target.port), seconds) as plain:
        if not target.direct_tls:
            _ask_for_tls(plain)
        with context.wrap_socket(plain, server_hostname=target.host) as stream:
            if target.direct_tls and stream.selected_alpn_protocol() != ALPN:
                raise NotPostgreSQLError("it does not speak PostgreSQL's protocol over TLS")
            yield stream


def context_for(target: Target) -> ssl.SSLContext:
    """What libpq verifies with the same settings; raises RootsError."""
    roots = _roots(target)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols([ALPN])
    context.check_hostname = target.sslmode == "verify-full"
    # libpq verifies the chain in "require" too where it finds a file with roots.
    if not target.sslmode.startswith("verify-") and roots is None:
        context.verify_mode = ssl.CERT_NONE
    elif roots == "system":
        context.load_default_certs()
    else:
        _load(context, roots or DEFAULT_ROOTS)
    return context


def _ask_for_tls(plain: socket.socket) -> None:
    plain.sendall(SSL_REQUEST)
    answer = plain.recv(1)
    if answer == b"N":
        raise NoTLSError
    if answer != b"S":
        raise NotPostgreSQLError("it does not answer as PostgreSQL does")


def _roots(target: Target) -> str | None:
    """The file of roots that libpq uses, None where there is none."""
    named = target.sslrootcert or os.environ.get("PGSSLROOTCERT")
    if named:
        return named
    default = Path(DEFAULT_ROOTS).expanduser()
    return str(default) if default.is_file() else None


def _load(context: ssl.SSLContext, roots: str) -> None:
    try:
        context.load_verify_locations(Path(roots).expanduser())
    except OSError as error:
        message = f'The roots to verify the server with, sslrootcert "{roots}", cannot be read'
        raise RootsError(f"{message}: {error}.") from error
