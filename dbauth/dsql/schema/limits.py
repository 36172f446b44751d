"""What DSQL cannot do to a schema, found out before the first statement and said with a remedy.

The functions raise NotSupportedError; they look at models alone, never at the database.
"""

import re
from typing import Any

from django.db import NotSupportedError
from django.db.models import Field, Model

from dbauth.dsql.schema import index_limits
from dbauth.dsql.schema.referrers import referrers
from dbauth.dsql.schema.refusals import refuse

ABSENT_TYPES = frozenset(
    ["cidr", "citext", "hstore", "inet", "macaddr", "money", "tsquery", "tsvector", "xml"]
)
ABSENT_STATEMENTS = re.compile(
    r"\s*(CREATE\s+(?:EXTENSION|COLLATION|TYPE|(?:OR\s+REPLACE\s+)?TRIGGER)|TRUNCATE|LOCK|DO)\b",
    re.IGNORECASE,
)
PLPGSQL = re.compile(r"\bLANGUAGE\s+'?plpgsql\b", re.IGNORECASE)
MOST_COLUMNS = 255

REWRITE = (
    "Write the change as several migrations instead: AddField with another name, RunPython that "
    "copies the values in batches of less than 3,000 rows (atomic=False), RemoveField, RenameField."
)
NEW_TABLE = (
    "Write a migration that creates another table with it (CreateModel), copies the rows with "
    "RunPython in batches of less than 3,000 (atomic=False), deletes the old one and renames."
)


def check_model(model: type[Model], connection: Any) -> None:
    """A table that is to be created."""
    check_columns(model, len(model._meta.local_concrete_fields))
    for field in model._meta.local_fields:
        _check_column(model, field, connection)
    if len(model._meta.pk_fields) > index_limits.MOST_KEYS:
        refuse(
            model,
            model._meta.pk.name,
            f"takes {index_limits.MOST_KEYS} columns in a primary key",
            "Use a key of its own and a UniqueConstraint.",
        )
    for index in model._meta.indexes:
        index_limits.check_index(model, index, connection)
    for constraint in model._meta.constraints:
        index_limits.check_constraint(model, constraint, connection)
    index_limits.check_unique_together(model, model._meta.unique_together, connection)
    index_limits.check_number(model)


def check_new_field(model: type[Model], field: Field, connection: Any) -> None:
    """A column that is to be added to a table."""
    if field.many_to_many:
        return
    _check_column(model, field, connection)
    if field.primary_key or field.db_type_suffix(connection):
        refuse(model, field.name, "cannot add a primary key or an identity column", NEW_TABLE)
    if field.generated:
        refuse(model, field.name, "cannot add a generated column to a table", NEW_TABLE)


def check_change(model: type[Model], old: Field, new: Field, connection: Any) -> None:
    """A column that is to become another."""
    old_type, new_type = old.db_type(connection), new.db_type(connection)
    if old_type is None or new_type is None:
        return
    _check_column(model, new, connection)
    if old.primary_key != new.primary_key:
        refuse(model, new.name, "cannot change a table's primary key", NEW_TABLE)
    if old_type != new_type or old.db_type_suffix(connection) != new.db_type_suffix(connection):
        _check_replacement(model, old, new, f"{old_type} into {new_type}")


def _check_replacement(model: type[Model], old: Field, new: Field, change: str) -> None:
    """A column whose place another one is to take, see retyping.py."""
    if new.primary_key:
        refuse(model, new.name, f"cannot turn {change} in a primary key", NEW_TABLE)
    if old.generated or new.generated:
        refuse(model, new.name, f"cannot turn {change} in a generated column", NEW_TABLE)
    for each in referrers(old):
        if each.primary_key:
            refuse(
                model, new.name, f"cannot turn {change}: {each} refers to it by its key", NEW_TABLE
            )


def check_removal(model: type[Model], field: Field) -> None:
    """A column that is to be dropped."""
    if field.primary_key:
        refuse(model, field.name, "cannot drop a primary key", NEW_TABLE)


def check_statement(sql: str) -> None:
    """A statement of RunSQL or of an operation of django.contrib.postgres."""
    found = ABSENT_STATEMENTS.match(sql)
    if found or PLPGSQL.search(sql):
        what = " ".join(found[1].upper().split()) if found else "PL/pgSQL"
        raise NotSupportedError(
            f"Aurora DSQL has no {what}: {sql.strip()[:100]!r}. Remove the operation from the "
            "migration, or let a database router leave its app out (allow_migrate)."
        )


def check_columns(model: type[Model], number: int) -> None:
    """How many columns the table would have; on DSQL those that were dropped count as well."""
    if number > MOST_COLUMNS:
        refuse(
            model,
            "Meta",
            f"takes {MOST_COLUMNS} columns a table, dropped ones included, and this would be "
            f"number {number}",
            "Put some of them into a table of their own, or into a JSONField.",
        )


def _check_column(model: type[Model], field: Field, connection: Any) -> None:
    params = field.db_parameters(connection)
    column_type = params["type"] or ""
    if column_type.endswith(("]", "range")) or column_type.split("(")[0] in ABSENT_TYPES:
        refuse(
            model,
            field.name,
            f"has no type {column_type}",
            "Use a JSONField, a TextField or a table of its own.",
        )
    if params.get("collation"):
        refuse(
            model,
            field.name,
            f"sorts by code point alone, so there is no collation {params['collation']}",
            "Remove db_collation from the field and from the migration.",
        )
    if field.unique or getattr(field, "db_index", False):
        index_limits.check_key(model, field, connection)
