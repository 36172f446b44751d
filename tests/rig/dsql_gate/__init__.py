"""A stand-in for Aurora DSQL: the front door, and behind it a gate that refuses what DSQL refuses.

A statement that DSQL refuses never reaches the server; in a transaction the server is made to fail
instead, so that the transaction is as aborted as it would be. Transactions run in REPEATABLE READ
on the real server; its conflicts, and injected ones, are worded as DSQL words them.

What differs from DSQL:

- a conflict between two clients surfaces at the statement that meets it, after waiting for the
  other transaction for a second at most, and not at COMMIT; injected ones do come at COMMIT;
- rows are counted by the server's command tags, which leave out cascades and what a WITH clause
  changes below a SELECT; the size of a transaction is that of its statements and copied data;
- of functions and operators nothing is refused, and of types their use in columns only;
- of two regions the same server is behind both (`regions.py`), so that a region which is lost takes
  no share of the data with it, and the witness of the other one is not there.
"""

from tests.rig.dsql_gate.client import (
    CLUSTER,
    HOST,
    DsqlGate,
    GateControl,
    add_role,
    running_dsql_gate,
)
from tests.rig.dsql_gate.regions import PEER_HOST, PEER_REGION, ROUND_TRIP, running_dsql_regions

__all__ = [
    "CLUSTER",
    "HOST",
    "PEER_HOST",
    "PEER_REGION",
    "ROUND_TRIP",
    "DsqlGate",
    "GateControl",
    "add_role",
    "running_dsql_gate",
    "running_dsql_regions",
]
