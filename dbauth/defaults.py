"""What every connection of dbauth's engines is opened with. A setting in OPTIONS wins."""

from typing import Any

# Seconds to resolve the name and to connect, over all addresses, a DSQL cluster that wakes up
# included. libpq has no time limit of its own.
CONNECT_SECONDS = 5
# One statement or COMMIT outside of time_limit(); DSQL ends transactions after 300 seconds.
ANSWER_SECONDS = 330

NETWORK: dict[str, Any] = {
    # With a Kerberos ticket libpq would encrypt with GSSAPI instead of TLS, and ask for no
    # certificate at all.
    "gssencmode": "disable",
    # A peer that vanished is given up about 15 seconds later, which leaves a request time to say
    # so before API Gateway ends it after 29. Data that nobody acknowledges is the user timeout's
    # business (milliseconds), a peer that we are waiting for the keepalives': the kernel would
    # begin to ask after two hours.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
