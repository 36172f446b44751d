"""Which requests may be answered with rows of the database as they are."""

from __future__ import annotations

from datetime import tzinfo
from functools import cache
from typing import Any

from django.utils import timezone
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer

from cars.prepared import enabled
from cars.prepared.fields import columns_shown
from cars.prepared.stock import keeps


def columns_of(view: GenericAPIView[Any]) -> tuple[str, ...] | None:
    """The columns that answer this GET request; None where REST framework has to see instances.

    It does for people, who get forms, and for times in another zone. Rows differ from what a
    serializer gives in that times are objects and not yet text.
    """
    if (
        enabled()
        and _is_stock(type(view))
        and isinstance(view.request.accepted_renderer, JSONRenderer)
        and _is_utc(timezone.get_current_timezone())
    ):
        kind: Any = view.get_serializer_class()
        return columns_shown(kind)
    return None


@cache
def _is_utc(zone: tzinfo) -> bool:
    return zone.tzname(None) == "UTC"


@cache
def _is_stock(kind: type) -> bool:
    return keeps(kind, GenericAPIView, "get_queryset", "get_serializer")
