"""Indexes: DSQL has one kind, ascending, of the default operator class, and reads it both ways."""

from __future__ import annotations

from typing import Any, ClassVar

from aurora_dsql_django import schema
from django.db.backends.ddl_references import Columns
from django.db.models import Func, Model, OrderBy
from django.db.models.expressions import ExpressionList


class IndexesMixin(schema.DatabaseSchemaEditor):
    """CREATE INDEX ASYNC; DESC and operator classes are left out, wherever they are written.

    Read backwards, an ascending index is a descending one, and DSQL's one collation is the one that
    LIKE needs, for which PostgreSQL has operator classes.
    https://docs.aws.amazon.com/aurora-dsql/latest/userguide/create-index-syntax-support.html
    """

    # The dialect's has USING, which DSQL's syntax lacks.
    sql_create_index: ClassVar[str] = (
        "CREATE INDEX ASYNC %(name)s ON %(table)s (%(columns)s)%(include)s%(extra)s%(condition)s"
    )
    # The dialect's lacks NULLS NOT DISTINCT, and the second one ASYNC.
    sql_create_unique = (
        "CREATE UNIQUE INDEX ASYNC %(name)s ON %(table)s (%(columns)s)%(nulls_distinct)s"
    )
    sql_create_unique_index = (
        "CREATE UNIQUE INDEX ASYNC %(name)s ON %(table)s "
        "(%(columns)s)%(include)s%(nulls_distinct)s%(condition)s"
    )
    # Every statement is a transaction, and an index that is built ASYNC locks nobody out anyway.
    sql_create_index_concurrently = sql_create_index
    sql_delete_index_concurrently = schema.DatabaseSchemaEditor.sql_delete_index

    def _index_columns(
        self, table: str, columns: Any, col_suffixes: Any, opclasses: Any
    ) -> Columns:
        return Columns(table, columns, self.quote_name)

    def _create_index_sql(self, model: type[Model], **kwargs: Any) -> Any:
        _make_ascending(kwargs.get("expressions"))
        return super()._create_index_sql(model, **kwargs)

    def _create_unique_sql(self, model: type[Model], fields: Any, *args: Any, **kwargs: Any) -> Any:
        _make_ascending(kwargs.get("expressions"))
        return super()._create_unique_sql(model, fields, *args, **kwargs)


def _make_ascending(keys: ExpressionList | None) -> None:
    """Take direction and operator class off index keys, which were resolved for one statement."""
    for node in keys.flatten() if keys else ():
        if isinstance(node, OrderBy):
            node.template = "%(expression)s"
            if node.descending:
                # NULLs keep their end when the index is read backwards.
                node.descending = False
                node.nulls_first, node.nulls_last = node.nulls_last, node.nulls_first
        elif isinstance(node, Func) and type(node).__name__ == "OpClass":
            # Of django.contrib.postgres, which need not be imported for this.
            node.template = "%(expressions)s"
