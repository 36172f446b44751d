"""SQL as the gate sees it: a query string cut into statements, each with its syntax tree.

libpg_query is PostgreSQL's own parser. What DSQL adds to the language (ASYNC, AWS IAM GRANT) is
found on the level of tokens, so that neither a comment nor a string can pass for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from pglast import parser

Node = dict[str, Any]

UNPARSED = "Unparsed"
IAM_GRANT = "IamGrant"
COMMENTS = {"SQL_COMMENT", "C_COMMENT"}
# Without any of these a query string is one statement of PostgreSQL's, and its tokens say no more.
# Looking at them takes long: their places are counted in bytes, and each is looked for again.
TELLING = re.compile(r";|--|/\*|ASYNC|AWS", re.IGNORECASE)
SPACE = " \t\n\r\f\v"
LONGEST_KEPT = 4096  # characters
ASYNC_FORMS = (
    ("CREATE", "INDEX", "ASYNC"),
    ("CREATE", "UNIQUE", "INDEX", "ASYNC"),
    ("ALTER", "TABLE", "ASYNC"),
)
DML = {"InsertStmt", "UpdateStmt", "DeleteStmt", "CopyStmt", "ExecuteStmt"}
# Neither data nor the schema: these may stand in any transaction.
NEUTRAL = {
    "SelectStmt",
    "TransactionStmt",
    "VariableSetStmt",
    "VariableShowStmt",
    "ConstraintsSetStmt",
    "ExplainStmt",
    "PrepareStmt",
    "DeallocateStmt",
    "DiscardStmt",
    "CallStmt",
    "FetchStmt",
    "ClosePortalStmt",
    "VacuumStmt",
    UNPARSED,
}


@dataclass(frozen=True)
class Statement:
    """One statement: its text as PostgreSQL understands it, its node's name and the node."""

    text: str
    kind: str
    node: Node = field(default_factory=dict)
    asynchronous: bool = False

    @cached_property
    def below(self) -> Sequence[tuple[str, Node]]:
        """Every node below its own, by its name."""
        return list(walk(self.node))

    @property
    def is_ddl(self) -> bool:
        return self.kind not in DML and self.kind not in NEUTRAL

    @cached_property
    def is_dml(self) -> bool:
        if self.kind == "CopyStmt":
            return bool(self.node.get("is_from"))
        if self.kind in {"SelectStmt", "ExplainStmt"}:
            return any(name in DML for name, _ in self.below)
        return self.kind in DML

    @cached_property
    def locks_rows(self) -> bool:
        return self.kind == "SelectStmt" and any(name == "LockingClause" for name, _ in self.below)

    @property
    def writes(self) -> bool:
        """Whether its commit can meet a conflict."""
        return self.is_ddl or self.is_dml or self.locks_rows

    @property
    def commits(self) -> bool:
        return self.transaction == "COMMIT"

    @property
    def transaction(self) -> str | None:
        """What a TransactionStmt does: "BEGIN", "COMMIT"...; None for all others."""
        kind: str | None = self.node.get("kind") if self.kind == "TransactionStmt" else None
        return kind.removeprefix("TRANS_STMT_") if kind else None


def walk(tree: object) -> Iterator[tuple[str, Node]]:
    """Every node below, by its name, each before what is below it."""
    stack: list[tuple[str, object]] = [("", tree)]
    while stack:
        name, below = stack.pop()
        if isinstance(below, dict):
            # Types begin with a capital, fields do not; some fields hold a node directly.
            if name:
                yield name, below
            stack.extend(reversed(below.items()))
        elif isinstance(below, list):
            stack.extend(("", each) for each in reversed(below))


def split(sql: str) -> Sequence[Statement]:
    """The statements of a query string."""
    return _kept(sql) if len(sql) <= LONGEST_KEPT else _split(sql)


@lru_cache(maxsize=256)
def _kept(sql: str) -> Sequence[Statement]:
    """What comes again and again, unlike INSERTs of thousands of rows: those have large trees."""
    return _split(sql)


def _split(sql: str) -> Sequence[Statement]:
    if not TELLING.search(sql):
        text = sql.strip(SPACE)
        return [parse(text)] if text else []
    try:
        tokens = [token for token in parser.scan(sql) if token.name not in COMMENTS]
    except parser.ParseError:
        return [Statement(sql, UNPARSED)]
    statements, begin = [], 0
    for index, token in enumerate([*tokens, None]):
        if token is None or token.name == "ASCII_59":
            if piece := tokens[begin:index]:
                statements.append(_statement(sql, piece))
            begin = index + 1
    return statements


def _statement(sql: str, tokens: Sequence[Any]) -> Statement:
    start, end = tokens[0].start, tokens[-1].end + 1
    words = [sql[token.start : token.end + 1] for token in tokens]
    upper = [word.upper() for word in words]
    if upper[:2] == ["AWS", "IAM"]:
        return _iam_grant(sql[start:end], words)
    for form in ASYNC_FORMS:
        if tuple(upper[: len(form)]) == form:
            cut = tokens[len(form) - 1]
            return parse(sql[start : cut.start] + sql[cut.end + 1 : end], asynchronous=True)
    return parse(sql[start:end])


def parse(text: str, *, asynchronous: bool = False) -> Statement:
    """One statement's tree; kind "Unparsed" where the server will find a syntax error."""
    try:
        tree = json.loads(parser.parse_sql_json(text))["stmts"][0]["stmt"]
    except parser.ParseError:
        return Statement(text, UNPARSED)
    [(kind, node)] = tree.items()
    return Statement(text, kind, node, asynchronous)


def _iam_grant(text: str, words: Sequence[str]) -> Statement:
    """`AWS IAM GRANT role TO 'arn'` and `AWS IAM REVOKE role FROM 'arn'`."""
    forms = {("GRANT", "TO"), ("REVOKE", "FROM")}
    if len(words) != 6 or (words[2].upper(), words[4].upper()) not in forms:
        return Statement(text, UNPARSED)
    role = words[3]
    role = role[1:-1].replace('""', '"') if role.startswith('"') else role.lower()
    arn = words[5][1:-1].replace("''", "'")
    return Statement(text, IAM_GRANT, {"verb": words[2].upper(), "role": role, "arn": arn})
