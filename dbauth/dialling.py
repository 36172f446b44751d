"""Connecting within a limit: libpq's own covers neither the resolver nor all addresses together."""

import ipaddress
import math
import os
import socket
import time
from typing import Any

from psycopg2 import OperationalError

from dbauth.deadline import within

# An address gets so long at least, or the next ones would only shorten the first one's time.
LEAST_SECONDS = 2


def within_limits(params: dict[str, Any], end: float) -> dict[str, Any]:
    """libpq's parameters, so that connecting ends by `end` (on the monotonic clock).

    The name is resolved here, each time, and `host` stays what the certificate is compared with.
    Raises OperationalError.
    """
    addresses = _addresses(params, _left(end))
    left = _left(end)
    addresses = addresses[: max(1, int(left // LEAST_SECONDS))]
    # Whole seconds for each address are all that libpq takes.
    each = math.ceil(left) if len(addresses) <= 1 else round(left / len(addresses))
    params = {**params, "connect_timeout": each}
    if addresses:
        # One name for each address: libpq pairs the two lists.
        params["host"] = ",".join([params["host"]] * len(addresses))
        params["hostaddr"] = ",".join(addresses)
    return params


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise OperationalError("timeout expired: no time is left to connect")
    return left


def _addresses(params: dict[str, Any], seconds: float) -> list[str]:
    """Where `host` leads; empty where libpq has nothing to resolve."""
    host = str(params.get("host") or "")
    if params.get("hostaddr") or "PGHOSTADDR" in os.environ or not _is_name(host):
        return []
    try:
        found = within(seconds, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except TimeoutError:
        reason = f"no answer within {seconds:.0f} s"
    except (OSError, UnicodeError) as error:
        reason = str(error)
    else:
        return list(dict.fromkeys(str(address[0]) for *_, address in found))
    raise OperationalError(f'could not translate host name "{host}" to address: {reason}')


def _is_name(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or "," in host:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False
