"""GET /schema and GET /docs: the API's description, and a page to read and try it with.

The schema is a file: `make schema` writes it, a test fails when it is stale. Generating it in
Lambda would cost every cold start the generator's imports for a document that cannot change there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from carsite.http.methods import get_only

SCHEMA = Path(__file__).parents[1] / "openapi.json"


@cache
def _schema() -> bytes:
    return SCHEMA.read_bytes()


@get_only
@cache_control(no_cache=True)
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3 document. Its server is relative, so it is right under any stage or domain."""
    return HttpResponse(_schema(), content_type="application/json")


@get_only
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI, from this host's static files alone."""
    return render(request, "carsite/docs.html")
