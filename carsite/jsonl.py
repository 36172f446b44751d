"""The format `jsonl` of dumpdata and loaddata, exact to the microsecond.

Django's writes milliseconds, as ECMAScript has them, and cars are listed by the microsecond. It is
pure ASCII too, so that a file means the same whatever the locale it is written and read in.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.serializers import jsonl
from django.core.serializers.json import DjangoJSONEncoder

# Django looks for both in the module that SERIALIZATION_MODULES names.
Deserializer = jsonl.Deserializer


class ExactEncoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)


class Serializer(jsonl.Serializer):
    def start_serialization(self) -> None:
        self.options = {"cls": ExactEncoder, "ensure_ascii": True} | self.options
        super().start_serialization()
