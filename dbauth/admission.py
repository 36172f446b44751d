"""Servers that turn a client away for a moment: waking up, or short of connections."""

import re
import time
from collections.abc import Iterator

from psycopg2 import OperationalError

from dbauth.backoff import backoff

# psycopg2 gives a connection that failed no SQLSTATE, so the server's words have to do.
# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/troubleshooting.html and CHAP_quotas.html
TURNED_AWAY = re.compile(
    r"waking up cluster"  # an idle DSQL cluster
    r"|rate exceeded"  # 53400: DSQL admits 100 new connections a second after a burst of 1,000
    r"|too many open connections"  # 53300: DSQL keeps 10,000
    r"|too many clients|remaining connection slots",  # 53300: PostgreSQL's max_connections
    re.IGNORECASE,
)
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


def is_turned_away(error: OperationalError) -> bool:
    """Whether the same client may be let in a moment later."""
    return TURNED_AWAY.search(str(error)) is not None


def pauses(seconds: float) -> Iterator[float]:
    """Pauses in seconds, doubling and jittered, that end within `seconds` from now."""
    end = time.monotonic() + seconds
    # Half of it is chance, so that a fleet which was refused together comes back apart.
    return backoff(end, first=FIRST_PAUSE, longest=LONGEST_PAUSE, least=0.5)
