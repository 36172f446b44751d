"""Text of a car."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

# Unicode's categories of control and format characters, line and paragraph separators.
INVISIBLE = frozenset(["Cc", "Cf", "Zl", "Zp"])


def validate_visible(value: str) -> None:
    """Refuse what nobody sees: "Sa\\u200bab" would be another make than "Saab"."""
    if value.isprintable():
        return
    for character in value:
        if unicodedata.category(character) in INVISIBLE:
            raise ValidationError(
                "Control and invisible characters are not allowed: U+%(code)04X.",
                code="invisible",
                params={"code": ord(character)},
            )


class VisibleCharField(models.CharField):
    """A CharField without characters that nobody sees."""

    default_validators = [validate_visible]

    def deconstruct(self) -> Any:
        """A CharField to migrations: the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
