"""ALTER TABLE: most of what it does to data that is already there."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rig.dsql_gate.rules import columns, pages
from tests.rig.dsql_gate.rules.registry import OCTOBER_3, SEPTEMBER_18, Refusal, rule
from tests.rig.dsql_gate.statements import Node, Statement

ADD_CONSTRAINT = Refusal("unsupported ALTER TABLE ADD CONSTRAINT statement")
VALIDATED_LATER = {"CONSTR_CHECK", "CONSTR_FOREIGN"}
SUPPORTED = {
    "AT_AddColumn",
    "AT_DropColumn",
    "AT_ColumnDefault",
    "AT_DropNotNull",
    "AT_DropExpression",
    "AT_SetStorage",
    "AT_AddIdentity",
    "AT_SetIdentity",
    "AT_DropIdentity",
    "AT_AddConstraint",
    "AT_AlterConstraint",
    "AT_DropConstraint",
    "AT_ValidateConstraint",
    "AT_ChangeOwner",
}


def _commands(statement: Statement, subtype: str | None = None) -> list[Node]:
    if statement.node.get("objtype") != "OBJECT_TABLE":
        return []
    commands = [command["AlterTableCmd"] for command in statement.node["cmds"]]
    return [each for each in commands if subtype in {None, each["subtype"]}]


@rule("AlterTableStmt", observed=SEPTEMBER_18, page=pages.ALTER_TABLE)
def column_types(statement: Statement) -> Iterator[Refusal]:
    if _commands(statement, "AT_AlterColumnType"):
        yield Refusal("unsupported ALTER TABLE ALTER COLUMN ... SET DATA TYPE statement")


@rule("AlterTableStmt", observed=OCTOBER_3, page=pages.ALTER_TABLE)
def not_null(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: the refusal was observed, its wording follows the one for SET DATA TYPE.
    if _commands(statement, "AT_SetNotNull"):
        yield Refusal("unsupported ALTER TABLE ALTER COLUMN ... SET NOT NULL statement")


@rule("AlterTableStmt", observed=SEPTEMBER_18, page=pages.ALTER_TABLE)
def new_columns(statement: Statement) -> Iterator[Refusal]:
    for command in _commands(statement, "AT_AddColumn"):
        column = command["def"]["ColumnDef"]
        yield from columns.refused_types(column)
        if columns.constraints(column):
            yield Refusal("ALTER TABLE ADD COLUMN with constraint not supported")


@rule("AlterTableStmt", observed=SEPTEMBER_18, page=pages.ALTER_TABLE)
def new_constraints(statement: Statement) -> Iterator[Refusal]:
    for command in _commands(statement, "AT_AddConstraint"):
        constraint = command["def"]["Constraint"]
        kind = constraint["contype"]
        adopts = kind == "CONSTR_UNIQUE" and "indexname" in constraint
        waits = kind in VALIDATED_LATER and constraint.get("skip_validation")
        if not (adopts or waits):
            yield ADD_CONSTRAINT


@rule("AlterTableStmt", observed=SEPTEMBER_18, page=pages.ALTER_TABLE)
def validation(statement: Statement) -> Iterator[Refusal]:
    if _commands(statement, "AT_ValidateConstraint") and not statement.asynchronous:
        yield Refusal("unsupported ALTER TABLE VALIDATE CONSTRAINT statement")


@rule("AlterTableStmt", observed=OCTOBER_3, page=pages.ALTER_TABLE)
def everything_else(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: AWS documents the supported actions only.
    for command in _commands(statement):
        if command["subtype"] not in SUPPORTED:
            yield Refusal(f"unsupported ALTER TABLE {command['subtype'][3:]} statement")
