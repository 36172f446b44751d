"""Which indexes and constraints DSQL does not have.

https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Index, Model, UniqueConstraint
from django.db.models.constraints import BaseConstraint, CheckConstraint
from django.db.models.functions import Collate

from dbauth.dsql.schema.refusals import refuse

BTREE = ("idx", "btree")  # suffixes of Django's index classes
MOST_KEYS = 8
MOST_INDEXES = 24
NO_KEYS = ("bytea", "interval", "json", "jsonb")


def check_index(model: type[Model], index: Index, connection: Any) -> None:
    """An index that is to be created."""
    if index.suffix not in BTREE:
        refuse(
            model,
            index.name,
            f"has no indexes like {type(index).__name__}",
            "Remove it from Meta.indexes and from the migration, or use models.Index.",
        )
    # Those of django.contrib.postgres have it.
    parameters: list[str] = getattr(index, "get_with_params", list)()
    if parameters:
        refuse(
            model,
            index.name,
            f"has no storage parameters such as {parameters[0]}",
            "Remove them, or use models.Index.",
        )
    fields = [name for name, _direction in index.fields_orders]
    _check_keys(model, index.name, fields, index.expressions, connection)
    check_number(model)


def check_constraint(model: type[Model], constraint: BaseConstraint, connection: Any) -> None:
    """A constraint that is to be created."""
    if isinstance(constraint, UniqueConstraint):
        keys = constraint.fields, constraint.expressions
        _check_keys(model, constraint.name, *keys, connection)
        check_number(model)
    elif not isinstance(constraint, CheckConstraint):
        refuse(
            model,
            constraint.name,
            f"has no constraints like {type(constraint).__name__}",
            "Remove it from Meta.constraints and from the migration.",
        )


def check_unique_together(
    model: type[Model], groups: Iterable[Sequence[str]], connection: Any
) -> None:
    for names in groups:
        _check_keys(model, "unique_together", names, (), connection)


def check_number(model: type[Model]) -> None:
    """How many indexes the table has."""
    number = sum(
        bool(field.unique or getattr(field, "db_index", False)) and not field.primary_key
        for field in model._meta.local_concrete_fields
    )
    number += len(model._meta.indexes) + len(model._meta.unique_together)
    number += sum(isinstance(each, UniqueConstraint) for each in model._meta.constraints)
    if number > MOST_INDEXES:
        refuse(
            model,
            "Meta",
            f"takes {MOST_INDEXES} indexes a table, and this one has {number}",
            "Remove some of its indexes, unique fields or foreign keys' db_index.",
        )


def _check_keys(
    model: type[Model], name: str, fields: Sequence[str], expressions: Any, connection: Any
) -> None:
    if len(fields) + len(expressions) > MOST_KEYS:
        refuse(
            model,
            name,
            f"takes {MOST_KEYS} columns in an index",
            "Leave some out: an index on the first few columns serves most queries as well.",
        )
    for field in map(model._meta.get_field, fields):
        check_key(model, field, connection)
    for expression in expressions:
        # An F has no parts, and no method to list them.
        if any(isinstance(node, Collate) for node in getattr(expression, "flatten", tuple)()):
            refuse(
                model,
                name,
                "sorts by code point alone, so there are no collations in indexes",
                "Remove Collate() from it.",
            )


def check_key(model: type[Model], field: Any, connection: Any) -> None:
    """A field that is to be indexed."""
    kind = (field.db_type(connection) or "").split("(")[0]
    if kind in NO_KEYS:
        refuse(
            model,
            field.name,
            f"has no indexes on {kind}",
            "Remove db_index, unique or the index from the model and from the migration.",
        )
