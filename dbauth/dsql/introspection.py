"""What the catalog says, in Django's words."""

from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql import introspection
from django.db.models import Index

DSQL_INDEX = "btree_index"

# A column that was added later is NOT NULL by a CHECK constraint: DSQL has no SET NOT NULL.
REQUIRED = """
    (a.attnotnull OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_constraint required
        WHERE required.conrelid = a.attrelid AND required.contype = 'c'
            AND required.conkey = ARRAY[a.attnum]
            AND pg_catalog.pg_get_expr(required.conbin, required.conrelid)
                = pg_catalog.format('(%%I IS NOT NULL)', a.attname)
    ))
"""
REQUIRED_COLUMNS = f"""
    SELECT a.attname FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid)
        AND a.attnum > 0 AND NOT a.attisdropped AND {REQUIRED}
"""
REFERENCES = f"""
    SELECT c.relname, a.attname, t.relname, NOT {REQUIRED}
    FROM pg_catalog.pg_constraint fk
    JOIN pg_catalog.pg_class c ON c.oid = fk.conrelid
    JOIN pg_catalog.pg_class t ON t.oid = fk.confrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = fk.conrelid AND a.attnum = fk.conkey[1]
    WHERE fk.contype = 'f' AND pg_catalog.pg_table_is_visible(c.oid)
        AND pg_catalog.pg_table_is_visible(t.oid)
"""
PRIMARY_KEYS = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    WHERE k.contype = 'p' AND pg_catalog.pg_table_is_visible(c.oid)
    GROUP BY c.relname
"""


@dataclass(frozen=True)
class Reference:
    """A foreign key; `nullable` tells whether its column may be emptied."""

    table: str
    column: str
    target: str
    nullable: bool


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    """PostgreSQL's."""

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        description: list[Any] = super().get_table_description(cursor, table_name)
        cursor.execute(REQUIRED_COLUMNS, [table_name])
        required = {name for (name,) in cursor.fetchall()}
        return [
            column._replace(null_ok=False) if column.name in required else column
            for column in description
        ]

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, Any]:
        # DSQL's one kind of index has a name of its own. Under that, Django would not recognise
        # the indexes that it has made, and not drop them either.
        constraints: dict[str, Any] = super().get_constraints(cursor, table_name)
        for constraint in constraints.values():
            if constraint.get("type") == DSQL_INDEX:
                constraint["type"] = Index.suffix
        return constraints

    def get_references(self, cursor: Any) -> list[Reference]:
        """All foreign keys between tables on the search path."""
        cursor.execute(REFERENCES, [])
        return [Reference(*row) for row in cursor.fetchall()]

    def get_primary_keys(self, cursor: Any) -> dict[str, list[str]]:
        """The columns of every table's primary key, by table."""
        cursor.execute(PRIMARY_KEYS)
        return dict(cursor.fetchall())
