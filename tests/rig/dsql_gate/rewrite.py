"""What the server is sent for a statement that only DSQL understands, or understands otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.rig.dsql_gate.rules.columns import type_name
from tests.rig.dsql_gate.statements import IAM_GRANT, Node, Statement
from tests.rig.front_door.upstream import quoted

NAME = re.compile(rb'[\w."]+')
UNIQUE = re.compile(r"(?i)\bUNIQUE\s+")


@dataclass(frozen=True)
class Rewritten:
    """The server's statement, and the command tag that the client gets for it if not its own."""

    text: str
    tag: str | None = None


def rewrite(statement: Statement, job_seconds: float) -> Rewritten:
    """`job_seconds`: how long an asynchronous job takes."""
    if statement.kind == IAM_GRANT:
        return _iam_grant(statement.node)
    if statement.kind == "IndexStmt":
        return _create_index(statement, job_seconds)
    if statement.kind == "AlterTableStmt" and statement.asynchronous:
        return _validate(statement.node, job_seconds)
    return Rewritten(_with_numeric_precision(statement))


def _iam_grant(node: Node) -> Rewritten:
    procedure = f"iam_{node['verb'].lower()}"
    call = f"CALL dsql_gate.{procedure}({quoted(node['role'])}, {quoted(node['arn'])})"
    return Rewritten(call, f"AWS IAM {node['verb']}")


def _create_index(statement: Statement, seconds: float) -> Rewritten:
    unique = bool(statement.node.get("unique"))
    fallback = UNIQUE.sub("", statement.text, count=1) if unique else statement.text
    arguments = [statement.text, fallback, relation_name(statement.node)]
    listed = ", ".join(quoted(each) for each in arguments)
    return Rewritten(
        f"SELECT dsql_gate.create_index({listed}, {unique}, {seconds}) AS job_id", "CREATE INDEX"
    )


def _validate(node: Node, seconds: float) -> Rewritten:
    [command] = (each["AlterTableCmd"] for each in node["cmds"])
    listed = f"{quoted(relation_name(node))}, {quoted(command['name'])}, {seconds}"
    return Rewritten(f"SELECT dsql_gate.validate_constraint({listed}) AS job_id", "ALTER TABLE")


def relation_name(node: Node) -> str:
    relation = node["relation"]
    parts = [relation.get("schemaname"), relation["relname"]]
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts if part)


def _with_numeric_precision(statement: Statement) -> str:
    """A column declared as bare `numeric` is numeric(18,6) on DSQL."""
    text = statement.text.encode()
    for location in sorted(_bare_numerics(statement), reverse=True):
        name = NAME.match(text, location)
        if name:
            text = text[: name.end()] + b"(18,6)" + text[name.end() :]
    return text.decode()


def _bare_numerics(statement: Statement) -> list[int]:
    """Where the types are written, in bytes."""
    elements = statement.node.get("tableElts", [])
    if statement.kind == "AlterTableStmt":
        elements = [command["AlterTableCmd"].get("def", {}) for command in statement.node["cmds"]]
    columns = [element["ColumnDef"] for element in elements if "ColumnDef" in element]
    return [
        column["typeName"]["location"]
        for column in columns
        if type_name(column) == "numeric" and "typmods" not in column["typeName"]
    ]
