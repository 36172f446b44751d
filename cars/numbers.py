"""Whole numbers in digits of ASCII, in the query string and in JSON; int() takes any script's."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers


class WholeNumberField(serializers.IntegerField):
    """In JSON."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not data.isascii():
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberFormField(forms.IntegerField):
    """In a form."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and not value.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
