"""Step `tls`: a handshake, to see the certificate that libpq does not show."""

import contextlib
import ssl
import time
from typing import Any

from dbauth.doctor.case import Case, Target
from dbauth.doctor.finding import StepError
from dbauth.doctor.handshake import (
    NoTLSError,
    NotPostgreSQLError,
    RootsError,
    context_for,
    secured,
)
from dbauth.iam.roots import RDS_ADVICE

TLS_SECONDS = 3
WITHOUT_TLS = ("disable", "allow")
WRONG_NAME = 62  # X509_V_ERR_HOSTNAME_MISMATCH
EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
DAY = 86400

ANOTHER_SERVICE = """\
HOST and PORT lead to something that is not PostgreSQL: an HTTP endpoint, or a proxy in between.
Compare both with the endpoint that AWS shows."""
SILENT = """\
Something took the connection and says nothing: a proxy or firewall on the way, or a server that
is overloaded or starting. Try again in a minute; then compare HOST and hostaddr with the endpoint
that AWS shows."""


def tls(case: Case) -> str:
    """TLS begins, the chain leads to a trusted root, and the name is the server's."""
    target = case.target
    if target.sslmode in WITHOUT_TLS:
        return f'not used: sslmode is "{target.sslmode}"'
    try:
        context = context_for(target)
        with secured(target, case.addresses[0], context, case.seconds(TLS_SECONDS)) as stream:
            return _described(stream)
    except RootsError as error:
        raise StepError(str(error), _roots_advice(case)) from None
    except NoTLSError:
        return _without(target)
    except ssl.SSLCertVerificationError as error:
        raise _mistrusted(case, error) from None
    except TimeoutError:
        raise StepError(f"No answer to TLS within {TLS_SECONDS} s: a time-out.", SILENT) from None
    except (OSError, NotPostgreSQLError) as error:
        raise StepError(f"No TLS with what listens there: {error}.", ANOTHER_SERVICE) from None


def _described(stream: ssl.SSLSocket) -> str:
    if stream.context.verify_mode == ssl.CERT_NONE:
        return f"{stream.version()}, the server's certificate not verified"
    certificate = stream.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    until = time.strftime("%Y-%m-%d", time.gmtime(ends))
    days = (ends - time.time()) / DAY
    checked = "chain and name" if stream.context.check_hostname else "chain"
    return f"{stream.version()}, {checked} verified, until {until} ({days:.0f} days)"


def _without(target: Target) -> str:
    if target.sslmode == "prefer":
        return 'not offered by the server, and sslmode "prefer" goes on without'
    raise StepError(
        "The server does not offer TLS.",
        'It is no database of AWS\'s, all of which do. Set OPTIONS["sslmode"], now '
        f'"{target.sslmode}", to "disable" only where the network is trusted.',
    )


def _mistrusted(case: Case, error: ssl.SSLCertVerificationError) -> StepError:
    if error.verify_code == WRONG_NAME:
        return StepError(
            f"The server's certificate is not for {case.target.host!r}, but for {_names(case)}.",
            "Set HOST to the endpoint that AWS shows, not to a CNAME or an address; where it has "
            'to be reached elsewhere, OPTIONS["hostaddr"] may say so.',
        )
    if error.verify_code == EXPIRED:
        remedy = "Compare `date -u` with the true time; if it is right, the server's owner renews."
        return StepError("The server's certificate, or one above it, has expired.", remedy)
    cause = f"The server's certificate does not chain to a trusted root: {error.verify_message}."
    return StepError(cause, _roots_advice(case))


def _roots_advice(case: Case) -> str:
    return case.login.roots_advice if case.uses_iam else RDS_ADVICE


def _names(case: Case) -> str:
    """The names on the certificate, from a second handshake that does not ask for one."""
    context = context_for(case.target)
    context.check_hostname = False
    names: Any = ()  # typeshed leaves the shape of a certificate open
    with (
        contextlib.suppress(OSError, NotPostgreSQLError, NoTLSError),
        secured(case.target, case.addresses[0], context, case.seconds(TLS_SECONDS)) as stream,
    ):
        names = (stream.getpeercert() or {}).get("subjectAltName", ())
    return ", ".join(value for _, value in names) or "other names"
