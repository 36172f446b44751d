"""The gate refuses and accepts what real clusters were recorded to refuse and accept.

Statements and answers follow Dreamescaper/dsql-emulator's recordings of September 2026
(test/conformance/golden) and slsdotdev/dsqlbase's observations of October 2026
(docs/internals/dsql-capabilities.md).
"""

import re

import psycopg2
import pytest

from tests.rig.conftest import Connect
from tests.rig.dsql_gate.rules import RULES, pages

UNSUPPORTED = "0A000"
ADD_CONSTRAINT = "unsupported ALTER TABLE ADD CONSTRAINT statement"
ADD_COLUMN = "ALTER TABLE ADD COLUMN with constraint not supported"
IDENTITY_CACHE = (
    "identity column is not supported without an explicit cache size. "
    "please define CACHE greater than or equal to 65536 or equal to 1"
)
LOCKING = "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported"
WAITING = "NOWAIT and SKIP LOCKED are not supported in locking clauses"
TRANSACTION = 'setting configuration parameter "TRANSACTION" not supported'
ISOLATION = 'setting configuration parameter "default_transaction_isolation" not supported'

NINE = ", ".join(f"{name} int" for name in "abcdefghi")
MANY = ", ".join(f"c{number} int" for number in range(256))

REFUSED = {
    "TRUNCATE cars": "unsupported statement: Truncate",
    "CREATE EXTENSION pgcrypto": "unsupported statement: CreateExtension",
    "CREATE TRIGGER t AFTER INSERT ON cars EXECUTE FUNCTION f()": "CREATE TRIGGER not supported",
    "CREATE DATABASE other": "unsupported statement: Createdb",
    "CREATE TEMPORARY TABLE t (id int)": "TEMPORARY or TEMP table not supported for CREATE TABLE",
    "CREATE UNLOGGED TABLE t (id int)": "UNLOGGED table not supported for CREATE TABLE",
    "CREATE MATERIALIZED VIEW v AS SELECT 1": "unsupported statement: CreateTableAs",
    "CREATE TABLE t AS SELECT 1 AS x": "unsupported statement: CreateTableAs",
    "CREATE TYPE mood AS ENUM ('sad', 'ok')": "CREATE TYPE not supported",
    "CREATE TYPE pair AS (a int, b int)": "unsupported statement: CompositeType",
    "CREATE TYPE r AS RANGE (subtype = int4)": "unsupported statement: CreateRange",
    "ALTER TYPE mood ADD VALUE 'glad'": "ALTER TYPE not supported",
    "DROP TYPE mood": "unsupported object in DROP statement",
    "ALTER TYPE mood RENAME TO temper": "unsupported object in RENAME statement",
    "DROP DOMAIN d CASCADE": "DROP DOMAIN with CASCADE unsupported",
    "CREATE TABLESPACE ts LOCATION '/tmp/ts'": "unsupported statement: CreateTableSpace",
    "CREATE FOREIGN TABLE t (id int) SERVER s": "unsupported statement: CreateForeignTable",
    "VACUUM cars": "unsupported VACUUM statement",
    "LISTEN channel": "unsupported statement: Listen",
    "NOTIFY channel": "unsupported statement: Notify",
    "UNLISTEN channel": "unsupported statement: Unlisten",
    "ALTER SYSTEM SET work_mem = '4MB'": "unsupported statement: AlterSystem",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$": (
        "CREATE FUNCTION with language plpgsql not supported"
    ),
    "DO $$ BEGIN NULL; END $$": "unsupported statement: Do",
    "MERGE INTO cars USING cars c ON false WHEN NOT MATCHED THEN DO NOTHING": (
        "unsupported statement type: MERGE"
    ),
    "DECLARE c CURSOR FOR SELECT 1": "unsupported statement: DeclareCursor",
    "PREPARE p AS SELECT 1 FROM cars FOR SHARE": LOCKING,
    "SELECT 1 FROM cars FOR SHARE": LOCKING,
    "SELECT 1 FROM cars FOR NO KEY UPDATE": LOCKING,
    "SELECT 1 FROM cars FOR UPDATE NOWAIT": WAITING,
    "SELECT 1 FROM cars FOR UPDATE SKIP LOCKED": WAITING,
    "SELECT 1 FROM cars FOR UPDATE OF cars": "OF is not supported in locking clauses",
    "SELECT pg_advisory_lock(1)": "function pg_advisory_lock not supported",
    "ALTER INDEX cars_pkey RENAME TO k": "unsupported statement: AlterIndex",
    "ALTER INDEX cars_pkey SET (fillfactor = 50)": "unsupported statement: AlterIndex",
    "SELECT 1 FROM cars TABLESAMPLE SYSTEM (1)": "TABLESAMPLE clause not supported",
    "SAVEPOINT s": "unsupported transaction statement: SAVEPOINT",
    "RELEASE SAVEPOINT s": "unsupported transaction statement: RELEASE",
    "ROLLBACK TO SAVEPOINT s": "unsupported transaction statement: ROLLBACK TO",
    "BEGIN ISOLATION LEVEL SERIALIZABLE": "Unsupported isolation level: SERIALIZABLE",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE": "Unsupported isolation level: SERIALIZABLE",
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ": TRANSACTION,
    "SET TRANSACTION READ ONLY": TRANSACTION,
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY": TRANSACTION,
    "SET default_transaction_isolation = 'repeatable read'": ISOLATION,
    "CREATE INDEX i ON cars (make)": "unsupported mode. please use CREATE INDEX ASYNC.",
    "CREATE INDEX CONCURRENTLY i ON cars (make)": "CONCURRENTLY not supported for CREATE INDEX",
    "CREATE INDEX ASYNC i ON cars (id DESC)": "specifying sort order not supported for index keys",
    "CREATE INDEX ASYNC i ON cars (make text_ops)": "opclass not supported for index keys",
    'CREATE INDEX ASYNC i ON cars (make COLLATE "C")': "COLLATE not supported for index keys",
    "CREATE INDEX ASYNC i ON cars (make) WITH (fillfactor = 50)": (
        "WITH not supported for CREATE INDEX"
    ),
    "CREATE INDEX ASYNC i ON cars (make) TABLESPACE fast": (
        "TABLESPACE not supported for CREATE INDEX"
    ),
    "CREATE INDEX ASYNC i ON cars (year, facts)": "datatype jsonb not supported for index keys",
    "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY)": IDENTITY_CACHE,
    "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 50))": IDENTITY_CACHE,
    "CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY (CACHE 1))": (
        "datatype integer not supported, identity column type must be bigint"
    ),
    "CREATE TABLE t (id smallint GENERATED BY DEFAULT AS IDENTITY (CACHE 1))": (
        "datatype smallint not supported, identity column type must be bigint"
    ),
    "CREATE SEQUENCE s": (
        "CREATE SEQUENCE is not supported without an explicit cache size. "
        "please define CACHE greater than or equal to 65536 or equal to 1"
    ),
    'CREATE TABLE t (v text COLLATE "C")': "COLLATE not supported for CREATE TABLE",
    "CREATE TABLE t (id int) PARTITION BY HASH (id)": "PARTITION not supported for CREATE TABLE",
    "CREATE TABLE t () INHERITS (cars)": "INHERITS not supported for CREATE TABLE",
    "CREATE SCHEMA s CREATE TABLE t (v inet)": "datatype inet not supported",
    "ALTER TABLE cars ADD COLUMN c int DEFAULT 7": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c int NOT NULL DEFAULT 0": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c int CHECK (c > 0)": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c int UNIQUE": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c int REFERENCES cars (id)": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1)": ADD_COLUMN,
    "ALTER TABLE cars ADD COLUMN c money": "datatype money not supported",
    "ALTER TABLE cars ADD COLUMN c text[]": "datatype text[] not supported",
    "ALTER TABLE cars ALTER COLUMN make TYPE varchar(20)": (
        "unsupported ALTER TABLE ALTER COLUMN ... SET DATA TYPE statement"
    ),
    "ALTER TABLE cars ALTER COLUMN make SET NOT NULL": (
        "unsupported ALTER TABLE ALTER COLUMN ... SET NOT NULL statement"
    ),
    "ALTER TABLE cars ADD CONSTRAINT k PRIMARY KEY (make)": ADD_CONSTRAINT,
    "ALTER TABLE cars ADD CONSTRAINT k UNIQUE (make)": ADD_CONSTRAINT,
    "ALTER TABLE cars ADD CONSTRAINT k CHECK (year > 0)": ADD_CONSTRAINT,
    "ALTER TABLE cars ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES cars": ADD_CONSTRAINT,
    "ALTER TABLE cars VALIDATE CONSTRAINT k": (
        "unsupported ALTER TABLE VALIDATE CONSTRAINT statement"
    ),
    "ALTER TABLE cars DROP COLUMN id": "cannot drop primary key column id",
    "ALTER TABLE trial.cars DROP CONSTRAINT cars_pkey": (
        "unsupported ALTER TABLE DROP CONSTRAINT statement"
    ),
    "ALTER TABLE cars ENABLE ROW LEVEL SECURITY": (
        "unsupported ALTER TABLE EnableRowSecurity statement"
    ),
}
UNDEFINED = {
    "CREATE TABLE t (id serial)": 'type "serial" does not exist',
    "CREATE TABLE t (id bigserial)": 'type "bigserial" does not exist',
    "ALTER TABLE cars ADD COLUMN c serial": 'type "serial" does not exist',
    "SHOW lc_collate": 'unrecognized configuration parameter "lc_collate"',
    "CREATE INDEX ASYNC i ON cars USING gin (make)": 'access method "gin" does not exist',
}
TOO_LARGE = {
    "CREATE INDEX ASYNC i ON cars (id, id, id, id, id, id, id, id, id)": (
        "more than 8 column keys in an index are not supported"
    ),
    f"CREATE TABLE t ({NINE}, PRIMARY KEY (a, b, c, d, e, f, g, h, i))": (
        "more than 8 column keys in an index are not supported"
    ),
    f"CREATE TABLE t ({MANY})": "tables can have at most 255 columns",
}
SYNTAX = {
    "CREATE INDEX ASYNC trial.i ON cars (make)": 'syntax error at or near "."',
    "SELEC 1": 'syntax error at or near "SELEC"',
    "AWS IAM GRANT writer": 'syntax error at or near "AWS"',
}
REFUSED_TYPES = {
    "money": "money",
    "xml": "xml",
    "inet": "inet",
    "cidr": "cidr",
    "macaddr": "macaddr",
    "point": "point",
    "line": "line",
    "lseg": "lseg",
    "box": "box",
    "path": "path",
    "polygon": "polygon",
    "circle": "circle",
    "tsvector": "tsvector",
    "tsquery": "tsquery",
    "int4range": "int4range",
    "tsrange": "tsrange",
    "bit(8)": "bit",
    "varbit(8)": "bit varying",
    "pg_lsn": "pg_lsn",
    "int[]": "integer[]",
    "text[]": "text[]",
}
TYPES = """
    smallint, integer, bigint, real, double precision, numeric, numeric(18,6), decimal(10,2), dec,
    character(10), varchar, varchar(20), bpchar(5), char(5), text, bytea, boolean, bool, date, time,
    timetz, timestamp, timestamptz, timestamp with time zone, interval, uuid, json, jsonb, int2,
    int4, int8, float4, float8
"""
ACCEPTED = [
    "CREATE VIEW v AS SELECT 1 AS x",
    "CREATE SEQUENCE s CACHE 65536",
    "CREATE SEQUENCE s CACHE 1",
    "CREATE DOMAIN d AS int CHECK (VALUE > 0)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 65536) PRIMARY KEY)",
    "CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1) PRIMARY KEY)",
    "CREATE TABLE t (car int REFERENCES cars (id) DEFERRABLE INITIALLY DEFERRED, CHECK (car > 0))",
    "CREATE TABLE t (v text DEFAULT '' NOT NULL UNIQUE, twice int GENERATED ALWAYS AS (1) STORED)",
    "ALTER TABLE cars ADD COLUMN c text",
    "ALTER TABLE cars ADD COLUMN IF NOT EXISTS c int NULL",
    "ALTER TABLE cars DROP COLUMN make",
    "ALTER TABLE cars DROP COLUMN make, DROP COLUMN year",
    "ALTER TABLE cars ALTER COLUMN make SET DEFAULT 'Fiat'",
    "ALTER TABLE cars ALTER COLUMN make DROP NOT NULL",
    "ALTER TABLE cars ALTER COLUMN make SET STORAGE PLAIN",
    "ALTER TABLE cars ADD CONSTRAINT k CHECK (year > 0) NOT VALID",
    "ALTER TABLE cars ADD CONSTRAINT k FOREIGN KEY (year) REFERENCES cars (id) NOT VALID",
    "ALTER TABLE cars RENAME COLUMN make TO maker",
    "ALTER TABLE cars RENAME TO vehicles",
    "COMMENT ON TABLE cars IS 'cars'",
    "GRANT SELECT ON cars TO writer",
    "SELECT * FROM cars FOR UPDATE",
    "SELECT * FROM cars FOR KEY SHARE",
    "CREATE INDEX ASYNC i ON cars (make NULLS FIRST, lower(make)) INCLUDE (id) WHERE year > 1900",
    "CREATE STATISTICS s ON make, year FROM cars",
    "CREATE TABLE t (n numeric(1000, 500) PRIMARY KEY)",
    (
        "ALTER TABLE cars ADD CONSTRAINT k FOREIGN KEY (year) REFERENCES cars (id)"
        " DEFERRABLE INITIALLY DEFERRED NOT VALID"
    ),
    "SELECT '127.0.0.1'::inet, string_to_array('1,2', ',')",
    "INSERT INTO cars VALUES (1) ON CONFLICT (id) DO NOTHING RETURNING make",
    "WITH gone AS (DELETE FROM cars RETURNING id) SELECT count(*) FROM gone",
    "BEGIN ISOLATION LEVEL REPEATABLE READ; COMMIT",
    "SET search_path = trial",
    "SHOW server_version",
    "EXPLAIN SELECT * FROM cars",
    "ANALYZE cars",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = 'cars'::regclass",
    "SELECT count(*) FROM information_schema.columns",
    "SELECT 'CREATE INDEX ASYNC; TRUNCATE' /* ; SAVEPOINT s */ -- LISTEN x",
]


@pytest.fixture
def cursor(connect: Connect, schema: str):
    with connect().cursor() as cursor:
        cursor.execute("CREATE TABLE cars (id int PRIMARY KEY, make text, year int, facts jsonb)")
        yield cursor


def assert_refused(cursor, sql: str, code: str, message: str) -> None:
    with pytest.raises(psycopg2.Error) as refusal:
        cursor.execute(sql)
    assert (refusal.value.pgcode, refusal.value.diag.message_primary) == (code, message)


@pytest.mark.parametrize("sql", REFUSED)
def test_it_is_refused_as_unsupported(cursor, sql: str):
    assert_refused(cursor, sql, UNSUPPORTED, REFUSED[sql])


@pytest.mark.parametrize("sql", UNDEFINED)
def test_it_is_refused_as_undefined(cursor, sql: str):
    assert_refused(cursor, sql, "42704", UNDEFINED[sql])


@pytest.mark.parametrize("sql", TOO_LARGE, ids=lambda sql: sql[:20])
def test_it_is_refused_as_too_large(cursor, sql: str):
    assert_refused(cursor, sql, "54011", TOO_LARGE[sql])


@pytest.mark.parametrize("sql", SYNTAX)
def test_it_is_refused_as_a_syntax_error(cursor, sql: str):
    assert_refused(cursor, sql, "42601", SYNTAX[sql])


@pytest.mark.parametrize("name", REFUSED_TYPES)
def test_a_column_of_this_type_is_refused(cursor, name: str):
    displayed = REFUSED_TYPES[name]
    assert_refused(
        cursor, f"CREATE TABLE t (v {name})", UNSUPPORTED, f"datatype {displayed} not supported"
    )


@pytest.mark.parametrize("sql", ACCEPTED)
def test_it_is_accepted(cursor, gate, sql: str):
    cursor.execute(sql)

    assert gate.control.refused_statements() == []


def test_columns_of_all_documented_types_are_accepted(cursor):
    columns = ", ".join(
        f"c{number} {name}" for number, name in enumerate(re.split(r",\s+", TYPES.strip()))
    )
    cursor.execute(f"CREATE TABLE t ({columns})")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a text, n numeric, m decimal)",
        "CREATE TABLE t (a text); ALTER TABLE t ADD COLUMN n numeric, ADD COLUMN m dec",
    ],
)
def test_a_bare_numeric_has_six_decimals(cursor, sql: str):
    for statement in sql.split(";"):
        cursor.execute(statement)
    cursor.execute("INSERT INTO t VALUES ('é', 1.23456789, 1.23456789) RETURNING n::text, m::text")

    assert cursor.fetchone() == ("1.234568", "1.234568")


def test_a_refused_statement_in_a_string_of_several_stops_all_of_them(cursor):
    assert_refused(
        cursor,
        "INSERT INTO cars VALUES (1); TRUNCATE cars; INSERT INTO cars VALUES (2)",
        UNSUPPORTED,
        "unsupported statement: Truncate",
    )
    cursor.execute("SELECT count(*) FROM cars")
    assert cursor.fetchone() == (0,)


def test_what_was_refused_and_what_was_defined_is_on_record(cursor, gate):
    assert_refused(cursor, "LISTEN x", UNSUPPORTED, "unsupported statement: Listen")
    cursor.execute("CREATE INDEX ASYNC i ON cars (make)")

    assert gate.control.refused_statements() == [
        {"sql": "LISTEN x", "code": UNSUPPORTED, "message": "unsupported statement: Listen"}
    ]
    assert gate.control.ddl()[-1].replace("  ", " ") == "CREATE INDEX i ON cars (make)"


def test_a_table_takes_24_indexes(cursor):
    for number in range(24):
        cursor.execute(f"CREATE INDEX ASYNC i{number} ON cars (make)")
    words = "more than 24 indexes per table are not allowed"
    assert_refused(cursor, "CREATE INDEX ASYNC last ON cars (make)", "54000", words)


def test_dropped_columns_count_towards_the_255_of_a_table(cursor):
    names = ", ".join(f"c{number} int" for number in range(254))
    cursor.execute(f"CREATE TABLE wide ({names})")
    cursor.execute("ALTER TABLE wide DROP COLUMN c0")
    cursor.execute("ALTER TABLE wide ADD COLUMN c254 int")
    words = "tables can have at most 255 columns"
    assert_refused(cursor, "ALTER TABLE wide ADD COLUMN c255 int", "54011", words)


def test_every_rule_names_the_page_that_it_is_from():
    assert {rule.page.startswith(pages.GUIDE) for rule in RULES} == {True}
