"""Vehicle identification numbers. They have no case, and are stored and found in capitals."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models

# ISO 3779: no I, O or Q.
validate_vin = RegexValidator(
    r"^[A-HJ-NPR-Z0-9]{17}\Z", "A VIN is 17 capital letters and digits without I, O and Q."
)
validate_vin_in_either_case = RegexValidator(
    r"^[A-HJ-NPR-Za-hj-npr-z0-9]{17}\Z", "A VIN is 17 letters and digits without I, O and Q."
)


def in_capitals(value: Any) -> Any:
    """`value` as it is stored. Beyond ASCII, two letters may have one capital."""
    return value.upper() if isinstance(value, str) and value.isascii() else value


class VINField(models.CharField):
    """A column of VINs: whatever is stored in it or looked up in it is in capitals."""

    def to_python(self, value: Any) -> Any:
        # CharField asks this of every value on its way to the database, too.
        return in_capitals(super().to_python(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = in_capitals(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        # To the database it is a CharField, and so are migrations told: they need not change.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
