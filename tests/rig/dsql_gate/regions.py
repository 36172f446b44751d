"""Two regional endpoints of one logical database: a multi-Region cluster of Aurora DSQL.

Each is a gate of its own before the same database. A COMMIT that writes waits for the round trip
to the other region, as DSQL's does, while reads are answered at once. Either may be lost and come
back.
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.rig.certificates import new_authority
from tests.rig.dsql_gate.client import HOST, DsqlGate, running_dsql_gate
from tests.rig.front_door.client import Shared

if TYPE_CHECKING:
    from tests.rig.postgresql import PostgreSQL

PEER_CLUSTER = "cqabt7h2wxzabcdefghijklmno"
PEER_REGION = "us-east-2"
PEER_HOST = f"{PEER_CLUSTER}.dsql.{PEER_REGION}.on.aws"
# From us-east-1 to us-east-2 and back.
ROUND_TRIP = 0.015


@contextlib.contextmanager
def running_dsql_regions(
    postgresql: PostgreSQL,
    hosts: tuple[Sequence[str], Sequence[str]] = ((HOST,), (PEER_HOST,)),
    database: str = "postgres",
    round_trip: float = ROUND_TRIP,
) -> Iterator[tuple[DsqlGate, DsqlGate]]:
    """The cluster's gates in us-east-1 and in PEER_REGION, each with its own host names.

    `round_trip` is in seconds.
    """
    with tempfile.TemporaryDirectory(prefix="carsite-regions-") as folder:
        shared = Shared(new_authority(), Path(folder) / "catalog", round_trip)
        first, second = hosts
        with (
            running_dsql_gate(postgresql, first, database=database, shared=shared) as here,
            running_dsql_gate(
                postgresql, second, PEER_REGION, database=database, shared=shared
            ) as there,
        ):
            yield here, there
