"""How it is said that DSQL cannot do something to a schema."""

from typing import NoReturn

from django.db import NotSupportedError
from django.db.models import Model


def refuse(model: type[Model], name: str, problem: str, remedy: str) -> NoReturn:
    raise NotSupportedError(f"{model._meta.label}.{name}: Aurora DSQL {problem}. {remedy}")
