"""What PostgreSQL answers to a statement that was run before, and to one that was not."""

from __future__ import annotations

import psycopg2
import pytest

from dbauth.dsql.schema.effects import was_done_before
from tests.dbauth.dsql.conftest import Cluster

TABLES = """
    CREATE TABLE "shed" (id bigint PRIMARY KEY, "size" int);
    CREATE INDEX by_size ON shed ("size");
    ALTER TABLE shed ADD CONSTRAINT "c" CHECK (id > 0)
"""
STATEMENTS = [
    'CREATE TABLE "Tool" (id bigint PRIMARY KEY)',
    "CREATE VIEW sheds AS SELECT id FROM shed",
    "CREATE SEQUENCE numbers CACHE 1",
    "CREATE DOMAIN size AS int",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    'DROP TABLE "shed" CASCADE',
    "DROP INDEX by_size",
    'ALTER TABLE "shed" ADD COLUMN "it""s" integer',
    'ALTER TABLE shed ADD "Colour" varchar',
    'ALTER TABLE "shed" DROP COLUMN "size" CASCADE',
    'ALTER TABLE "shed" ADD CONSTRAINT "big" CHECK ("size" > 1) NOT VALID',
    'ALTER TABLE "shed" DROP CONSTRAINT "c"',
    'ALTER TABLE "shed" RENAME CONSTRAINT "c" TO "d"',
    'ALTER TABLE "shed" RENAME COLUMN "size" TO "breadth"',
    'ALTER TABLE "shed" RENAME TO "barn"',
]


def refusal(cluster: Cluster, sql: str) -> psycopg2.Error:
    with pytest.raises(psycopg2.Error) as raised:
        cluster.rows(sql)
    return raised.value


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_that_is_run_twice_is_recognised(cluster, statement):
    cluster.rows(TABLES)
    cluster.rows(statement)
    assert was_done_before(statement, refusal(cluster, statement))


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "missing" ADD COLUMN "size" integer',
        'ALTER TABLE "missing" DROP COLUMN "size"',
        'ALTER TABLE "shed" RENAME COLUMN "size" TO "id"',
        'ALTER TABLE "shed" RENAME TO "by_size"',
        'ALTER TABLE "shed" ADD CONSTRAINT "big" CHECK (missing > 1) NOT VALID',
        'ALTER TABLE "missing" RENAME CONSTRAINT "c" TO "d"',
        'CREATE TABLE "tool" (id missing_type)',
        "CREATE VIEW sheds AS SELECT id FROM missing",
        "GRANT SELECT ON missing TO admin",
    ],
)
def test_any_other_refusal_is_an_error(cluster, statement):
    cluster.rows(TABLES)
    assert not was_done_before(statement, refusal(cluster, statement))
