"""A serializer's fields, worked out once for each class: doing so costs every request 250 us."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import get_language
from rest_framework import ISO_8601, serializers
from rest_framework.settings import api_settings

from cars.prepared import enabled
from cars.prepared.stock import adds_only, keeps

# REST framework's fields that keep nothing of the serializer they belong to, so that a shallow copy
# is a field of its own. The others are made again from their arguments, as the framework does it.
COPIED = {
    serializers.BooleanField,
    serializers.CharField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.DecimalField,
    serializers.EmailField,
    serializers.FloatField,
    serializers.IntegerField,
    serializers.BigIntegerField,
    serializers.SlugField,
    serializers.URLField,
    serializers.UUIDField,
}
# What a project may change in a copy.
CHANGEABLE = ("error_messages", "style", "_validators")

# Fields whose output a JSON renderer writes in the same way as what the column holds.
WRITTEN_AS_HELD: dict[type, tuple[type, ...]] = {
    serializers.BooleanField: (models.BooleanField,),
    serializers.CharField: (models.CharField, models.TextField),
    serializers.DateTimeField: (models.DateTimeField,),
    serializers.EmailField: (models.CharField,),
    serializers.IntegerField: (models.IntegerField,),
    serializers.BigIntegerField: (models.IntegerField,),
    serializers.SlugField: (models.CharField,),
    serializers.URLField: (models.CharField,),
    serializers.UUIDField: (models.UUIDField,),
}
# A serializer may have these of its own and still show nothing but columns.
INPUT = {"create", "update", "save", "is_valid", "run_validation", "to_internal_value", "validate"}
# As may a column.
COLUMN_INPUT = {"deconstruct", "to_python", "get_prep_value", "pre_save"}

# What ModelSerializer.get_fields() asks.
BUILDERS = [
    name
    for name in dir(serializers.ModelSerializer)
    if name.startswith(
        ("build_", "include_", "get_extra", "get_unique", "get_field_n", "get_default")
    )
]

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class PreparedFields(serializers.ModelSerializer[Any]):
    """For a ModelSerializer whose fields depend on its class alone."""

    def get_fields(self) -> Fields:
        """Copies that belong to this serializer: changing them changes no other one."""
        kind: Any = type(self)
        if not (enabled() and _depends_on_class_alone(kind)):
            return super().get_fields()
        # Some messages keep the language in which they were first shown.
        key = kind, get_language()
        fields = _templates.get(key)
        if fields is None:
            fields = _templates[key] = super().get_fields()
        return {name: _copied(field) for name, field in fields.items()}

    def to_representation(self, instance: Any) -> Any:
        """As the framework's, without its search for what each field shows: 4 % of a POST."""
        kind: Any = type(self)
        if not (enabled() and columns_shown(kind) and type(instance) is self.Meta.model):
            return super().to_representation(instance)
        shown = {}
        for name, field in self.fields.fields.items():  # not through the view of a mapping
            shows: Any = type(field)
            if field.source != name or _stock(shows) not in WRITTEN_AS_HELD:
                return super().to_representation(instance)  # somebody has changed this serializer
            if not field.write_only:
                value = getattr(instance, name)
                shown[name] = None if value is None else field.to_representation(value)
        return shown


_templates: dict[tuple[type, str | None], Fields] = {}


@cache
def _depends_on_class_alone(kind: type) -> bool:
    return keeps(kind, serializers.ModelSerializer, "__init__", "__new__", *BUILDERS)


def _is_input(name: str) -> bool:
    return name in INPUT or name.startswith("validate_")


@cache
def _stock(kind: Any) -> Any:
    """REST framework's class of a field, if what this one adds concerns its input alone."""
    stock = next(base for base in kind.__mro__ if base.__module__.startswith("rest_framework."))
    return stock if adds_only(kind, _is_input) else kind


def _copied(field: serializers.Field[Any, Any, Any, Any]) -> Any:
    kind: Any = type(field)
    if _stock(kind) not in COPIED:
        return copy.deepcopy(field)
    new = object.__new__(kind)
    new.__dict__ = state = field.__dict__.copy()
    for name in CHANGEABLE:
        if name in state:
            state[name] = state[name].copy()
    return new


@cache
def columns_shown(kind: type) -> tuple[str, ...] | None:
    """The columns of a serializer class that shows nothing else, None for any other class."""
    if not (issubclass(kind, PreparedFields) and adds_only(kind, _is_input)):
        return None
    model: Any = kind.Meta.model
    if not keeps(model, models.Model, "__init__") or "from_db" in vars(model):
        return None
    columns = {column.name: column for column in model._meta.concrete_fields}
    names = []
    for name, field in kind().fields.items():
        if field.write_only:
            continue
        if field.source != name or not _is_written_as_held(field, columns.get(name)):
            return None
        names.append(name)
    return tuple(names)


def _is_written_as_held(field: Any, column: Any) -> bool:
    kind: Any = type(field)
    if not isinstance(column, WRITTEN_AS_HELD.get(_stock(kind), ())):
        return False
    if not adds_only(type(column), COLUMN_INPUT.__contains__):
        return False  # it may give any value
    if isinstance(field, serializers.UUIDField):
        return field.uuid_format == "hex_verbose"
    if isinstance(field, serializers.DateTimeField):
        written = getattr(field, "format", api_settings.DATETIME_FORMAT)
        return str(written).lower() == ISO_8601 and not hasattr(field, "timezone")
    return True
