"""An IAM front door: TLS and AWS's token check before a real PostgreSQL.

Four kinds: `password` (TLS only), `rds-iam` (Aurora and RDS: members of `rds_iam` need a token,
all others their password), `rds-proxy` (RDS Proxy: tokens only, no options, shared connections) and
`dsql` (Aurora DSQL: tokens only, SNI demanded). The door is a
process of its own, because psycopg2's `cancel()` holds the GIL and would deadlock it otherwise.
"""

from tests.rig.front_door.client import (
    CREDENTIALS,
    TEMPORARY,
    FrontDoor,
    running_front_door,
)
from tests.rig.front_door.control_client import Control, Statistics
from tests.rig.front_door.sigv4 import Credentials

__all__ = [
    "CREDENTIALS",
    "TEMPORARY",
    "Control",
    "Credentials",
    "FrontDoor",
    "Statistics",
    "running_front_door",
]
