"""Statements that DSQL does not know, and settings that it does not let anyone change."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rig.dsql_gate.rules import pages
from tests.rig.dsql_gate.rules.registry import (
    NOVEMBER_25,
    OCTOBER_3,
    SEPTEMBER_15,
    SEPTEMBER_18,
    Refusal,
    refusal_of,
    rule,
)
from tests.rig.dsql_gate.statements import Statement, walk

UNKNOWN = {
    "TruncateStmt": "unsupported statement: Truncate",
    "CreateExtensionStmt": "unsupported statement: CreateExtension",
    "CreateTrigStmt": "CREATE TRIGGER not supported",
    "CreatedbStmt": "unsupported statement: Createdb",
    "CreateTableAsStmt": "unsupported statement: CreateTableAs",
    "CreateEnumStmt": "CREATE TYPE not supported",
    "CompositeTypeStmt": "unsupported statement: CompositeType",
    "CreateRangeStmt": "unsupported statement: CreateRange",
    "AlterEnumStmt": "ALTER TYPE not supported",
    "CreateTableSpaceStmt": "unsupported statement: CreateTableSpace",
    "CreateForeignTableStmt": "unsupported statement: CreateForeignTable",
    "ListenStmt": "unsupported statement: Listen",
    "NotifyStmt": "unsupported statement: Notify",
    "UnlistenStmt": "unsupported statement: Unlisten",
    "AlterSystemStmt": "unsupported statement: AlterSystem",
    "MergeStmt": "unsupported statement type: MERGE",
    "DeclareCursorStmt": "unsupported statement: DeclareCursor",
    # DERIVED from the pattern of the others: PL/pgSQL, and with it DO, does not exist.
    "DoStmt": "unsupported statement: Do",
    "LockStmt": "unsupported statement: Lock",
    "DropdbStmt": "unsupported statement: Dropdb",
    "CreatePolicyStmt": "unsupported statement: CreatePolicy",
    "RuleStmt": "unsupported statement: Rule",
}
SAVEPOINTS = {"SAVEPOINT": "SAVEPOINT", "RELEASE": "RELEASE", "ROLLBACK_TO": "ROLLBACK TO"}
LOCKS = {"LCS_FORUPDATE", "LCS_FORKEYSHARE"}
ISOLATION = {"transaction_isolation", "default_transaction_isolation"}


@rule(*UNKNOWN, observed=SEPTEMBER_18, page=pages.MIGRATION)
def unknown_statements(statement: Statement) -> Iterator[Refusal]:
    yield Refusal(UNKNOWN[statement.kind])


@rule("VacuumStmt", observed=SEPTEMBER_18, page=pages.MIGRATION)
def vacuum(statement: Statement) -> Iterator[Refusal]:
    if statement.node.get("is_vacuumcmd"):
        yield Refusal("unsupported VACUUM statement")


@rule("CreateFunctionStmt", observed=SEPTEMBER_18, page=pages.SQL)
def function_languages(statement: Statement) -> Iterator[Refusal]:
    for name, node in walk(statement.node.get("options", [])):
        if name == "DefElem" and node["defname"] == "language":
            language = node["arg"]["String"]["sval"]
            if language.lower() != "sql":
                yield Refusal(f"CREATE FUNCTION with language {language} not supported")


@rule("DropStmt", "RenameStmt", observed=OCTOBER_3, page=pages.SQL)
def types_and_domains(statement: Statement) -> Iterator[Refusal]:
    node = statement.node
    if node.get("removeType") == "OBJECT_TYPE":
        yield Refusal("unsupported object in DROP statement")
    if node.get("renameType") == "OBJECT_TYPE":
        yield Refusal("unsupported object in RENAME statement")
    if node.get("removeType") == "OBJECT_DOMAIN" and node.get("behavior") == "DROP_CASCADE":
        yield Refusal("DROP DOMAIN with CASCADE unsupported")


@rule("TransactionStmt", observed=SEPTEMBER_18, page=pages.MIGRATION)
def savepoints(statement: Statement) -> Iterator[Refusal]:
    if name := SAVEPOINTS.get(statement.transaction or ""):
        yield Refusal(f"unsupported transaction statement: {name}")


@rule("TransactionStmt", "VariableSetStmt", observed=SEPTEMBER_18, page=pages.CONCURRENCY)
def isolation_levels(statement: Statement) -> Iterator[Refusal]:
    for name, node in statement.below:
        if name == "DefElem" and node["defname"] == "transaction_isolation":
            level = node["arg"]["A_Const"]["sval"]["sval"]
            if level != "repeatable read":
                yield Refusal(f"Unsupported isolation level: {level.upper()}")


@rule("VariableSetStmt", observed=SEPTEMBER_18, page=pages.CONCURRENCY)
def fixed_settings(statement: Statement) -> Iterator[Refusal]:
    name = statement.node.get("name", "")
    if name in {"TRANSACTION", "SESSION CHARACTERISTICS"}:
        yield Refusal('setting configuration parameter "TRANSACTION" not supported')
    if name in ISOLATION:
        yield Refusal(
            'setting configuration parameter "default_transaction_isolation" not supported'
        )


@rule("VariableShowStmt", observed=SEPTEMBER_15, page=pages.SQL)
def missing_settings(statement: Statement) -> Iterator[Refusal]:
    if statement.node.get("name") == "lc_collate":
        yield Refusal('unrecognized configuration parameter "lc_collate"', "42704")


@rule("SelectStmt", observed=SEPTEMBER_15, page=pages.SQL)
def row_locks(statement: Statement) -> Iterator[Refusal]:
    for name, node in statement.below:
        if name == "LockingClause" and node.get("strength") not in LOCKS:
            yield Refusal("locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported")


@rule("SelectStmt", observed=NOVEMBER_25, page=pages.SQL)
def lock_options(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: the page lists FOR { UPDATE | KEY SHARE } without any of these.
    for name, node in statement.below:
        if name == "LockingClause":
            if "lockedRels" in node:
                yield Refusal("OF is not supported in locking clauses")
            if node.get("waitPolicy", "LockWaitBlock") != "LockWaitBlock":
                yield Refusal("NOWAIT and SKIP LOCKED are not supported in locking clauses")


@rule("SelectStmt", observed=NOVEMBER_25, page=pages.SQL)
def advisory_locks(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: nodes share no memory to hold them in, and no page lists them.
    for name, node in statement.below:
        if name == "FuncCall" and "advisory" in (called := node["funcname"][-1]["String"]["sval"]):
            yield Refusal(f"function {called} not supported")


@rule("RenameStmt", "AlterTableStmt", observed=NOVEMBER_25, page=pages.SQL)
def indexes_stay(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: ALTER INDEX is not among the commands of the page.
    if "OBJECT_INDEX" in {statement.node.get("renameType"), statement.node.get("objtype")}:
        yield Refusal("unsupported statement: AlterIndex")


@rule("SelectStmt", observed=SEPTEMBER_18, page=pages.SQL)
def samples(statement: Statement) -> Iterator[Refusal]:
    if any(name == "RangeTableSample" for name, _ in statement.below):
        yield Refusal("TABLESAMPLE clause not supported")


@rule("PrepareStmt", "ExplainStmt", "CreateSchemaStmt", observed=OCTOBER_3, page=pages.SQL)
def nested_statements(statement: Statement) -> Iterator[Refusal]:
    # DERIVED: no statement becomes possible by being wrapped in another one.
    inner = [statement.node.get("query"), *statement.node.get("schemaElts", [])]
    for tree in filter(None, inner):
        [(kind, node)] = tree.items()
        if refusal := refusal_of(Statement(statement.text, kind, node)):
            yield refusal
