"""The statements that make a database user for IAM, on Aurora DSQL and on Aurora PostgreSQL.

Each may be run again. Where SQL has no IF NOT EXISTS, the statement is the answer to a SELECT and
psql's \\gexec runs it; PL/pgSQL would do it in one, but DSQL has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer ones off


@dataclass(frozen=True)
class Step:
    """A statement; `generates`: its answer is what to run."""

    sql: str
    generates: bool = False

    def __str__(self) -> str:
        return f"{self.sql}\\gexec" if self.generates else f"{self.sql};"


def dsql_steps(user: str, schema: str, role_arns: Sequence[str]) -> list[Step]:
    """A role that these IAM roles may sign in as, and a schema for its tables."""
    role, space = identifier(user), identifier(schema)
    mapped = [
        _unless(
            f"FROM sys.iam_pg_role_mappings WHERE pg_role_name = {literal(user)}"
            f" AND arn = {literal(arn)}",
            f"AWS IAM GRANT {role} TO {literal(arn)}",
        )
        for arn in role_arns
    ]
    return [
        _unless(_role_exists(user), f"CREATE ROLE {role} WITH LOGIN"),
        *mapped,
        Step(f"CREATE SCHEMA IF NOT EXISTS {space}"),
        Step(f"GRANT USAGE, CREATE ON SCHEMA {space} TO {role}"),
    ]


def rds_steps(
    user: str, schema: str, database: str, *, tokens: bool = True, ddl: bool = True
) -> list[Step]:
    """A user who may use the tables that are there, and with `ddl` make others.

    `tokens`: its password is a token; otherwise it has one of its own, which RDS takes from nobody
    who is a member of rds_iam. The default privileges cover what the user that runs these
    statements makes later.
    """
    role, space = identifier(user), identifier(schema)
    return [
        _unless(_role_exists(user), f"CREATE USER {role}"),
        Step(f"GRANT rds_iam TO {role}" if tokens else f"REVOKE rds_iam FROM {role}"),
        Step(f"GRANT CONNECT ON DATABASE {identifier(database)} TO {role}"),
        _unless(
            f"FROM pg_catalog.pg_namespace WHERE nspname = {literal(schema)}",
            f"CREATE SCHEMA {space}",
        ),
        *(_everything(role, space) if ddl else _rows_only(role, space)),
    ]


def _everything(role: str, space: str) -> list[Step]:
    inside = f"IN SCHEMA {space}"
    return [
        # From PostgreSQL 15 on, nobody but the owner may make tables in `public`.
        Step(f"GRANT USAGE, CREATE ON SCHEMA {space} TO {role}"),
        Step(f"GRANT ALL ON ALL TABLES {inside} TO {role}"),
        Step(f"GRANT ALL ON ALL SEQUENCES {inside} TO {role}"),
        Step(f"ALTER DEFAULT PRIVILEGES {inside} GRANT ALL ON TABLES TO {role}"),
        Step(f"ALTER DEFAULT PRIVILEGES {inside} GRANT ALL ON SEQUENCES TO {role}"),
    ]


def _rows_only(role: str, space: str) -> list[Step]:
    inside, rows = f"IN SCHEMA {space}", "SELECT, INSERT, UPDATE, DELETE"
    defaults = f"ALTER DEFAULT PRIVILEGES {inside}"
    return [
        # Before PostgreSQL 15 everybody may make tables in `public`.
        Step(f"REVOKE CREATE ON SCHEMA {space} FROM PUBLIC"),
        Step(f"REVOKE ALL ON SCHEMA {space} FROM {role}"),
        Step(f"REVOKE ALL ON ALL TABLES {inside} FROM {role}"),
        Step(f"{defaults} REVOKE ALL ON TABLES FROM {role}"),
        Step(f"GRANT USAGE ON SCHEMA {space} TO {role}"),
        Step(f"GRANT {rows} ON ALL TABLES {inside} TO {role}"),
        Step(f"GRANT USAGE, SELECT ON ALL SEQUENCES {inside} TO {role}"),
        Step(f"{defaults} GRANT {rows} ON TABLES TO {role}"),
        Step(f"{defaults} GRANT USAGE, SELECT ON SEQUENCES TO {role}"),
    ]


def identifier(name: str) -> str:
    """A name as SQL writes it; ValueError for one that no database can have."""
    if not name or "\0" in name or len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"{name!r} is no name: use 1 to {LONGEST_NAME} bytes without NUL.")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _role_exists(user: str) -> str:
    return f"FROM pg_catalog.pg_roles WHERE rolname = {literal(user)}"


def _unless(exists: str, statement: str) -> Step:
    return Step(f"SELECT {literal(statement)} WHERE NOT EXISTS (SELECT {exists})", generates=True)
