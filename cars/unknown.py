"""Names in a request that nothing reads: `?mak=Saab`, `{"millage": 7}`.

REST framework ignores them, so a typo lists everything or stores a car without its mileage. Here
the answer names them in a header, or is 400 where CARS_REFUSE_UNKNOWN is set. What is known comes
from the view: its serializer, its filters and its paginator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from django.conf import settings
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

HEADER = "X-Ignored"
MOST_NAMES, LONGEST_NAME = 20, 50
WRITES = frozenset(["POST", "PUT", "PATCH"])
# The browsable API's forms carry it.
CSRF_FIELD = "csrfmiddlewaretoken"


class NamesUnknown(GenericAPIView):
    """A view whose answers name what was ignored of the request, or refuse it."""

    ignored: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication and permissions: strangers learn nothing about names."""
        super().initial(request, *args, **kwargs)
        parameters = unknown_parameters(self) if request.query_params else []
        reads_a_body = request.method in WRITES and hasattr(self, str(request.method).lower())
        fields = unknown_fields(self) if reads_a_body else []
        if (parameters or fields) and settings.CARS_REFUSE_UNKNOWN:
            raise ValidationError(
                {name: ["There is no such parameter."] for name in parameters}
                | {name: ["There is no such field."] for name in fields},
                code="unknown",
            )
        self.ignored = (*parameters, *fields)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if self.ignored:
            # Encoded, because a header holds no other text, and a name may be any.
            names = (quote(name[:LONGEST_NAME], safe="") for name in self.ignored[:MOST_NAMES])
            answer[HEADER] = ", ".join(names)
        return answer


def unknown_fields(view: GenericAPIView[Any]) -> list[str]:
    """The names in the body that its serializer does not have; read-only fields are no mistake."""
    data = view.request.data
    if not isinstance(data, Mapping):
        return []
    kind: Any = view.get_serializer_class()
    if data.keys() <= _known.get(kind, frozenset()):
        return []  # as almost always: making the fields costs a request 30 us
    serializer: Any = view.get_serializer()
    known = _known[kind] = frozenset([*serializer.fields, CSRF_FIELD])
    return [name for name in data if name not in known]


_known: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()


def unknown_parameters(view: GenericAPIView[Any]) -> list[str]:
    """The names in the query string that neither a filter nor the paginator reads.

    Empty where a filter of the view's own does not tell what it reads.
    """
    paginator: Any = type(view.paginator)
    known = {api_settings.URL_FORMAT_OVERRIDE, *_of(paginator)}
    kinds: Iterable[Any] = view.filter_backends
    for kind in kinds:
        backend = kind()
        if isinstance(backend, DjangoFilterBackend):
            known.update(_of_filters(backend.get_filterset_class(view, view.get_queryset())))
            continue
        told = _of(kind) | _documented(backend, view)
        if not told:
            return []
        known |= told
    return [name for name in view.request.query_params if name not in known]


@cache
def _of(kind: Any) -> frozenset[str]:
    """What a paginator or one of REST framework's filters calls its parameters."""
    named = (getattr(kind, name) for name in dir(kind) if name.endswith("_param"))
    return frozenset(name for name in named if isinstance(name, str))


def _of_filters(filterset: Any) -> Iterator[str]:
    """A filter reads its own name, or that with suffixes where its widget has several inputs."""
    for name, each in filterset.base_filters.items() if filterset else ():
        widget = each.extra.get("widget") or getattr(each.field_class, "widget", None)
        for suffix in getattr(widget, "suffixes", None) or [None]:
            yield f"{name}_{suffix}" if suffix else name


def _documented(backend: Any, view: GenericAPIView[Any]) -> set[str]:
    """REST framework's own hook, by which a filter tells its parameters."""
    return {parameter["name"] for parameter in backend.get_schema_operation_parameters(view)}
