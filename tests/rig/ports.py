"""Ports for servers of the tests.

Below those that the kernel gives to outgoing connections: a server that is stopped and started
again must find its port free, and in between an outgoing connection could have been given it.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

LOWEST = 10_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
# Where the kernel does not tell: the start of the range that IANA names, which macOS uses.
IANA_EPHEMERAL = 49_152

# Not the module's shared generator: tests seed that one, and would all begin with the same port.
_random = random.SystemRandom()
_given: set[int] = set()


def free_port(in_a_row: int = 1) -> int:
    """A loopback port that nobody listens on, and that this process has not been given before.

    With `in_a_row` it is the first of so many.
    """
    highest = max(first_ephemeral(), LOWEST + 10_000)
    while True:
        port = _random.randrange(LOWEST, highest - in_a_row)
        ports = set(range(port, port + in_a_row))
        if _given.isdisjoint(ports) and all(map(_is_free, ports)):
            _given.update(ports)
            return port


def first_ephemeral() -> int:
    """The lowest port that an outgoing connection may be given."""
    return int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else IANA_EPHEMERAL


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
