"""What Aurora DSQL refuses, statement by statement, each rule with the day it was observed.

Observed against real clusters by Dreamescaper/dsql-emulator (test/conformance/golden) and by
slsdotdev/dsqlbase (docs/internals/dsql-capabilities.md). Where only the fact of the refusal is
known and not its wording, the rule says so with `DERIVED`.
"""

# Importing these modules is what registers their rules.
from tests.rig.dsql_gate.rules import alter_table, create_index, create_table, statements
from tests.rig.dsql_gate.rules.registry import RULES, Refusal, refusal_of

__all__ = [
    "RULES",
    "Refusal",
    "alter_table",
    "create_index",
    "create_table",
    "refusal_of",
    "statements",
]
