"""SQL that is another one on DSQL."""

from collections.abc import Iterable
from typing import Any

from aurora_dsql_django import operations
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQLOperations
from django.db.models import AutoField

from dbauth.dsql.flushing import Flush
from dbauth.dsql.types import ADDRESSES, KEYS, TEXTS


class DatabaseOperations(operations.DatabaseOperations):
    """The dialect's, with keys that are bigint and addresses that are text."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        # The dialect's are UUIDs unless a setting of its own says otherwise.
        self.cast_data_types = {
            # Columns have no length, but Cast() to a field with one cuts, as on PostgreSQL.
            **dict.fromkeys(TEXTS, "varchar(%(max_length)s)"),
            **dict.fromkeys(KEYS, "bigint"),
            "IntegerField": "integer",
            "SmallIntegerField": "smallint",
        }

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        # HOST() is a function of inet, which DSQL does not have.
        known_as = "CharField" if internal_type in ADDRESSES else internal_type
        cast: str = super().lookup_cast(lookup_type, known_as)
        return cast

    def adapt_ipaddressfield_value(self, value: str | None) -> str | None:
        return value or None

    def integer_field_range(self, internal_type: str) -> tuple[int | None, int | None]:
        # The key of a SmallAutoField is a bigint as well.
        known_as = "BigAutoField" if internal_type in KEYS else internal_type
        return PostgreSQLOperations.integer_field_range(self, known_as)

    def sequence_reset_sql(self, style: Any, model_list: Iterable[Any]) -> list[str]:
        """Move each sequence past the largest key that was inserted with a value of its own.

        Never back: other sessions hold keys between that value and the sequence's.
        """
        statements = []
        for model in model_list:
            for field in model._meta.local_fields:
                if isinstance(field, AutoField):
                    table = self.quote_name(model._meta.db_table)
                    column = self.quote_name(field.column)
                    statements.append(self._advance_sql(table, column, field.column))
        return statements

    def _advance_sql(self, table: str, column: str, name: str | None) -> str:
        sequence = f"pg_get_serial_sequence('{table}', '{name}')"
        position = (
            "SELECT coalesce(last_value, 0) FROM pg_sequences"
            f" WHERE format('%I.%I', schemaname, sequencename) = {sequence}"
        )
        return (
            f"SELECT setval({sequence}, max({column})) FROM {table}"
            f" HAVING max({column}) > ({position});"
        )

    def prepare_sql_script(self, sql: str) -> list[str]:
        # PostgreSQL's sends a script as one statement, which is one transaction.
        return [
            statement.rstrip("; \n\t")
            for statement in BaseDatabaseOperations.prepare_sql_script(self, sql)
        ]

    def tablespace_sql(self, tablespace: str, inline: bool = False) -> str:
        return ""  # ignored, as on all databases without them

    def deferrable_sql(self) -> str:
        # The dialect's is empty. DSQL checks deferred keys at COMMIT, as PostgreSQL does:
        # https://docs.aws.amazon.com/aurora-dsql/latest/userguide/set-constraints-syntax-support.html
        return PostgreSQLOperations.deferrable_sql(self)

    def sql_flush(
        self,
        style: Any,
        tables: Iterable[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        """DELETE by batches: there is no TRUNCATE, and no transaction of more than 3,000 rows.

        Each statement is to be run again until it finds nothing (execute_sql_flush). Sequences go
        on from where they are, see sequence_reset_sql.
        """
        introspection = self.connection.introspection
        with self.connection.cursor() as cursor:
            references = introspection.get_references(cursor)
            keys = introspection.get_primary_keys(cursor)
        flush = Flush(references, keys, self.quote_name)
        if allow_cascade:
            tables = flush.with_referrers(tables)
        return list(flush.statements(tables))

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        with self.connection.cursor() as cursor:
            for statement in sql_list:
                cursor.execute(statement)
                while cursor.rowcount:
                    cursor.execute(statement)
