"""Refusals that depend on what the tables are."""

from __future__ import annotations

from tests.rig.dsql_gate.link import Link
from tests.rig.dsql_gate.rewrite import relation_name
from tests.rig.dsql_gate.rules.create_table import MOST_COLUMNS, TOO_MANY_COLUMNS
from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.dsql_gate.statements import Statement
from tests.rig.front_door.upstream import quoted

MOST_INDEXES = 24
TOO_MANY_INDEXES = Refusal(f"more than {MOST_INDEXES} indexes per table are not allowed", "54000")
# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-data-types.html
NO_KEYS = "'bytea', 'interval', 'json', 'jsonb'"


async def refusal_of(statement: Statement, link: Link) -> Refusal | None:
    if statement.kind == "IndexStmt":
        return await _index(statement, link)
    if statement.kind == "AlterTableStmt":
        return await _alteration(statement, link)
    return None


async def _index(statement: Statement, link: Link) -> Refusal | None:
    """Some types are no keys, and tables have so many indexes and no more (CHAP_quotas.html)."""
    relation = quoted(relation_name(statement.node))
    keys = [each["IndexElem"].get("name", "") for each in statement.node.get("indexParams", [])]
    reply = await link.ask(
        "SELECT pg_catalog.format_type(atttypid, NULL) FROM pg_catalog.pg_attribute"
        f" WHERE attrelid = pg_catalog.to_regclass({relation})"
        f" AND attname IN ({', '.join(map(quoted, keys))})"
        f" AND pg_catalog.format_type(atttypid, NULL) IN ({NO_KEYS})"
    )
    if reply.rows:
        # DERIVED: the page says which types have index support; the wording was not recorded.
        return Refusal(f"datatype {reply.rows[0][0]} not supported for index keys")
    reply = await link.ask(
        "SELECT 1 FROM pg_catalog.pg_index"
        f" WHERE indrelid = pg_catalog.to_regclass({relation}) AND NOT indisprimary"
        f" HAVING count(*) >= {MOST_INDEXES}"
    )
    return TOO_MANY_INDEXES if reply.rows else None


async def _alteration(statement: Statement, link: Link) -> Refusal | None:
    """A primary key stays as it was created (observed on 2026-10-03); columns are counted."""
    for command in (each["AlterTableCmd"] for each in statement.node["cmds"]):
        subtype, name = command["subtype"], command.get("name", "")
        if subtype == "AT_AddColumn" and await _is_full(link, statement):
            return TOO_MANY_COLUMNS
        condition = {"AT_DropColumn": "attname", "AT_DropConstraint": "conname"}.get(subtype)
        if condition and await _primary_key(link, statement, f"{condition} = {quoted(name)}"):
            return {
                "AT_DropColumn": Refusal(f"cannot drop primary key column {name}"),
                # DERIVED: the refusal was observed, its wording was not recorded.
                "AT_DropConstraint": Refusal("unsupported ALTER TABLE DROP CONSTRAINT statement"),
            }[subtype]
    return None


async def _is_full(link: Link, statement: Statement) -> bool:
    """Whether the table has had as many columns as it can; those that were dropped count."""
    reply = await link.ask(
        "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid ="
        f" pg_catalog.to_regclass({quoted(relation_name(statement.node))})"
        f" HAVING max(attnum) >= {MOST_COLUMNS}"
    )
    return bool(reply.rows)


async def _primary_key(link: Link, statement: Statement, condition: str) -> bool:
    relation = quoted(relation_name(statement.node))
    reply = await link.ask(
        "SELECT 1 FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_attribute"
        " ON attrelid = conrelid AND attnum = ANY (conkey)"
        f" WHERE contype = 'p' AND conrelid = pg_catalog.to_regclass({relation}) AND {condition}"
    )
    return bool(reply.rows)
