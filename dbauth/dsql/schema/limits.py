"""What DSQL cannot do to a schema, found out before the first statement and said with a remedy.

The functions raise NotSupportedError; they look at models alone, never at the database.
"""

from typing import Any, NoReturn

from django.db import NotSupportedError
from django.db.models import Field, Index, Model, OrderBy, UniqueConstraint
from django.db.models.constraints import BaseConstraint, CheckConstraint

ABSENT_TYPES = frozenset(
    ["cidr", "citext", "hstore", "inet", "macaddr", "money", "tsquery", "tsvector", "xml"]
)
BTREE = ("idx", "btree")  # suffixes of Django's index classes

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
    for field in model._meta.local_fields:
        _check_column(model, field, connection)
    for index in model._meta.indexes:
        check_index(model, index)
    for constraint in model._meta.constraints:
        check_constraint(model, constraint)


def check_new_field(model: type[Model], field: Field, connection: Any) -> None:
    """A column that is to be added to a table."""
    if field.many_to_many:
        return
    _check_column(model, field, connection)
    if field.primary_key or field.db_type_suffix(connection):
        _refuse(model, field.name, "cannot add a primary key or an identity column", NEW_TABLE)
    if field.generated:
        _refuse(model, field.name, "cannot add a generated column to a table", NEW_TABLE)


def check_change(model: type[Model], old: Field, new: Field, connection: Any) -> None:
    """A column that is to become another."""
    old_type, new_type = old.db_type(connection), new.db_type(connection)
    if old_type is None or new_type is None:
        return
    _check_column(model, new, connection)
    if old.primary_key != new.primary_key:
        _refuse(model, new.name, "cannot change a table's primary key", NEW_TABLE)
    if old_type != new_type or old.db_type_suffix(connection) != new.db_type_suffix(connection):
        _refuse(model, new.name, f"cannot turn {old_type} into {new_type}", REWRITE)


def check_index(model: type[Model], index: Index) -> None:
    if index.suffix not in BTREE:
        _refuse(
            model,
            index.name,
            f"has no indexes like {type(index).__name__}",
            "Remove it from Meta.indexes and from the migration, or use models.Index.",
        )
    for expression in index.expressions:
        if isinstance(expression, OrderBy) and expression.descending:
            _refuse(
                model,
                index.name,
                "has no descending indexes",
                "Remove .desc(): an index is read in both directions.",
            )


def check_constraint(model: type[Model], constraint: BaseConstraint) -> None:
    if not isinstance(constraint, CheckConstraint | UniqueConstraint):
        _refuse(
            model,
            constraint.name,
            f"has no constraints like {type(constraint).__name__}",
            "Remove it from Meta.constraints and from the migration.",
        )


def _check_column(model: type[Model], field: Field, connection: Any) -> None:
    params = field.db_parameters(connection)
    column_type = params["type"] or ""
    if column_type.endswith(("]", "range")) or column_type.split("(")[0] in ABSENT_TYPES:
        _refuse(
            model,
            field.name,
            f"has no type {column_type}",
            "Use a JSONField, a TextField or a table of its own.",
        )
    if params.get("collation"):
        _refuse(
            model,
            field.name,
            f"sorts by code point alone, so there is no collation {params['collation']}",
            "Remove db_collation from the field and from the migration.",
        )


def _refuse(model: type[Model], name: str, problem: str, remedy: str) -> NoReturn:
    raise NotSupportedError(f"{model._meta.label}.{name}: Aurora DSQL {problem}. {remedy}")
