"""The INSERT of a new object: composing it and Model.save() cost a POST 150 us."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections, models, router, transaction
from django.db.models import Field, sql
from django.db.models.signals import post_save, pre_save
from rest_framework import serializers

from cars.prepared import enabled
from cars.prepared.stock import keeps


class PreparedInsert(serializers.ModelSerializer[Any]):
    """Creates objects by one INSERT whose text is kept, where `Model.save()` would do no more."""

    def create(self, validated_data: dict[str, Any]) -> Any:
        model: type[models.Model] = self.Meta.model
        if enabled() and _is_ordinary(model) and validated_data.keys() <= _names(model):
            instance = model(**validated_data)
            if insert(instance):
                return instance
        return super().create(validated_data)


def insert(instance: models.Model) -> bool:
    """Store a new object of an ordinary model; False, and nothing done, where save() is needed."""
    model = type(instance)
    if instance.pk is None:
        return False
    # Most projects have no receivers at all.
    if (pre_save.receivers or post_save.receivers) and (
        pre_save.has_listeners(model) or post_save.has_listeners(model)
    ):
        return False
    for value in vars(instance).values():
        if hasattr(value, "resolve_expression"):
            return False
    using = router.db_for_write(model, instance=instance)
    connection = connections[using]
    text, fields = _statement(model, using)
    values = [
        field.get_db_prep_save(field.pre_save(instance, add=True), connection) for field in fields
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
    except Exception:
        # As Model.save_base() has it: an error spoils the transaction, if there is one.
        with transaction.mark_for_rollback_on_error(using):
            raise
    instance._state.db, instance._state.adding = using, False
    return True


@cache
def _is_ordinary(model: type[models.Model]) -> bool:
    """Whether save() does nothing for this model but send signals and insert its columns."""
    options = model._meta
    return (
        keeps(model, models.Model, "save", "save_base", "__init__")
        and type(model._default_manager) is models.Manager
        and not (options.parents or options.proxy or options.many_to_many or options.private_fields)
        and not options.db_returning_fields
        and not any(
            field.is_relation or hasattr(field, "get_placeholder")
            for field in options.concrete_fields
        )
    )


@cache
def _names(model: type[models.Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.concrete_fields)


@cache
def _statement(model: type[models.Model], using: str) -> tuple[str, list[Field[Any, Any]]]:
    fields = list(model._meta.local_concrete_fields)
    query = sql.InsertQuery(model)
    query.insert_values(fields, [model()])
    [(text, _)] = query.get_compiler(using).as_sql()
    return str(text), fields
