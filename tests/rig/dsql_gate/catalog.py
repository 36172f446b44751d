"""Refusals that depend on what the tables are."""

from __future__ import annotations

from tests.rig.dsql_gate.link import Link
from tests.rig.dsql_gate.rewrite import relation_name
from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.dsql_gate.statements import Statement
from tests.rig.front_door.upstream import quoted


async def refusal_of(statement: Statement, link: Link) -> Refusal | None:
    """A primary key stays as it was created (observed on 2026-10-03)."""
    if statement.kind != "AlterTableStmt":
        return None
    for command in (each["AlterTableCmd"] for each in statement.node["cmds"]):
        subtype, name = command["subtype"], command.get("name", "")
        condition = {"AT_DropColumn": "attname", "AT_DropConstraint": "conname"}.get(subtype)
        if condition and await _primary_key(link, statement, f"{condition} = {quoted(name)}"):
            return {
                "AT_DropColumn": Refusal(f"cannot drop primary key column {name}"),
                # DERIVED: the refusal was observed, its wording was not recorded.
                "AT_DropConstraint": Refusal("unsupported ALTER TABLE DROP CONSTRAINT statement"),
            }[subtype]
    return None


async def _primary_key(link: Link, statement: Statement, condition: str) -> bool:
    relation = quoted(relation_name(statement.node))
    reply = await link.ask(
        "SELECT 1 FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_attribute"
        " ON attrelid = conrelid AND attnum = ANY (conkey)"
        f" WHERE contype = 'p' AND conrelid = pg_catalog.to_regclass({relation}) AND {condition}"
    )
    return bool(reply.rows)
