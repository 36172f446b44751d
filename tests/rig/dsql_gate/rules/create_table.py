"""CREATE TABLE and CREATE SEQUENCE."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rig.dsql_gate.rules import columns, pages
from tests.rig.dsql_gate.rules.registry import OCTOBER_3, SEPTEMBER_15, SEPTEMBER_18, Refusal, rule
from tests.rig.dsql_gate.statements import Node, Statement

MOST_COLUMNS = 255
TOO_MANY_COLUMNS = Refusal(f"tables can have at most {MOST_COLUMNS} columns", "54011")
PERSISTENCE = {
    "t": "TEMPORARY or TEMP table not supported for CREATE TABLE",
    "u": "UNLOGGED table not supported for CREATE TABLE",
}


def _columns(statement: Statement) -> list[Node]:
    elements = statement.node.get("tableElts", [])
    return [element["ColumnDef"] for element in elements if "ColumnDef" in element]


@rule("CreateStmt", observed=SEPTEMBER_18, page=pages.MIGRATION)
def persistence(statement: Statement) -> Iterator[Refusal]:
    kept = statement.node["relation"].get("relpersistence", "p")
    if kept in PERSISTENCE:
        yield Refusal(PERSISTENCE[kept])


@rule("CreateStmt", observed=OCTOBER_3, page=pages.MIGRATION)
def inheritance(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: the refusals are documented, their wording is not.
    if "partspec" in statement.node or "partbound" in statement.node:
        yield Refusal("PARTITION not supported for CREATE TABLE")
    if "inhRelations" in statement.node:
        yield Refusal("INHERITS not supported for CREATE TABLE")


@rule("CreateStmt", observed=SEPTEMBER_15, page=pages.TYPES)
def types(statement: Statement) -> Iterator[Refusal]:
    for column in _columns(statement):
        yield from columns.refused_types(column)


@rule("CreateStmt", observed=SEPTEMBER_18, page=pages.CREATE_SEQUENCE)
def identity(statement: Statement) -> Iterator[Refusal]:
    for column in _columns(statement):
        yield from columns.refused_identity(column)


@rule("CreateStmt", observed=OCTOBER_3, page=pages.CREATE_TABLE)
def collation(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: the refusal is documented, its wording is not.
    if any("collClause" in column for column in _columns(statement)):
        yield Refusal("COLLATE not supported for CREATE TABLE")


@rule("CreateStmt", observed=OCTOBER_3, page=pages.QUOTAS)
def size(statement: Statement) -> Iterator[Refusal]:
    # Documented: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
    if len(_columns(statement)) > MOST_COLUMNS:
        yield TOO_MANY_COLUMNS
    for element in statement.node.get("tableElts", []):
        if len(element.get("Constraint", {}).get("keys", [])) > columns.MOST_KEYS:
            yield columns.TOO_MANY_KEYS


@rule("CreateSeqStmt", observed=SEPTEMBER_18, page=pages.CREATE_SEQUENCE)
def sequences(statement: Statement) -> Iterator[Refusal]:
    if not columns.good_cache(statement.node.get("options", [])):
        yield columns.uncached_sequence()
