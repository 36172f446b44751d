"""CREATE INDEX: asynchronous, in ascending order, of B-tree keys."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rig.dsql_gate.rules import pages
from tests.rig.dsql_gate.rules.columns import MOST_KEYS, TOO_MANY_KEYS
from tests.rig.dsql_gate.rules.registry import NOVEMBER_25, OCTOBER_3, SEPTEMBER_18, Refusal, rule
from tests.rig.dsql_gate.statements import Statement


@rule("IndexStmt", observed=OCTOBER_3, page=pages.CREATE_INDEX)
def concurrently(statement: Statement) -> Iterator[Refusal]:
    if statement.node.get("concurrent"):
        yield Refusal("CONCURRENTLY not supported for CREATE INDEX")


@rule("IndexStmt", observed=SEPTEMBER_18, page=pages.CREATE_INDEX)
def synchronous(statement: Statement) -> Iterator[Refusal]:
    if not statement.asynchronous:
        yield Refusal("unsupported mode. please use CREATE INDEX ASYNC.")


@rule("IndexStmt", observed=OCTOBER_3, page=pages.CREATE_INDEX)
def methods(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: there is one index method; the wording for others is PostgreSQL's.
    method = statement.node.get("accessMethod", "btree")
    if method not in {"btree", "btree_index"}:
        yield Refusal(f'access method "{method}" does not exist', "42704")


@rule("IndexStmt", observed=OCTOBER_3, page=pages.CREATE_INDEX)
def keys(statement: Statement) -> Iterator[Refusal]:
    for element in statement.node.get("indexParams", []):
        key = element["IndexElem"]
        if key.get("ordering", "SORTBY_DEFAULT") != "SORTBY_DEFAULT":
            yield Refusal("specifying sort order not supported for index keys")
        if "opclass" in key:
            yield Refusal("opclass not supported for index keys")
        if "collation" in key:
            yield Refusal("COLLATE not supported for index keys")  # DERIVED, as below
    if len(statement.node.get("indexParams", [])) > MOST_KEYS:
        yield TOO_MANY_KEYS


@rule("IndexStmt", observed=NOVEMBER_25, page=pages.CREATE_INDEX)
def parameters(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: the page's syntax has neither.
    if "options" in statement.node:
        yield Refusal("WITH not supported for CREATE INDEX")
    if "tableSpace" in statement.node:
        yield Refusal("TABLESPACE not supported for CREATE INDEX")
