"""Statements that only make one kind of text another, which on DSQL are all the same.

wagtail's first migration gives a text the collation C, which is the one that DSQL has.
"""

from __future__ import annotations

import re
from typing import Any

NAME = r'"?(?P<{}>\w+)"?'
RETYPED = re.compile(
    rf"\s*ALTER\s+TABLE\s+{NAME.format('table')}"
    rf"\s+ALTER\s+(?:COLUMN\s+)?{NAME.format('column')}\s+(?:SET\s+DATA\s+)?TYPE"
    r"\s+(?:VARCHAR|CHARACTER\s+VARYING|TEXT)\s*(?:\(\s*\d+\s*\))?"
    r'\s*(?:COLLATE\s+"C")?\s*;?\s*\Z',
    re.IGNORECASE,
)


def changes_nothing(statement: str, connection: Any) -> bool:
    """Whether the statement makes a text of what is a text already."""
    found = RETYPED.match(statement)
    if not found:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format_type(atttypid, NULL) FROM pg_catalog.pg_attribute"
            " JOIN pg_catalog.pg_class c ON c.oid = attrelid"
            " WHERE relname = %s AND attname = %s AND pg_catalog.pg_table_is_visible(c.oid)",
            [found["table"], found["column"]],
        )
        return cursor.fetchone() in {("text",), ("character varying",)}
