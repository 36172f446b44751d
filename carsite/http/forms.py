"""Form bodies for the API, from pages of its own and from programs.

A browser sends a form to any host without asking that host first, so any page on the web could add
cars where writes need no login, or with a password that the browser remembers (HTTP Basic). JSON
needs no such check: browsers ask first (CORS).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import is_same_domain
from rest_framework import parsers
from rest_framework.exceptions import PermissionDenied


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another origin sent this, unless the settings trust that origin.

    Browsers say it themselves, in Sec-Fetch-Site or, the older ones, in Origin. Programs send
    neither. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and _is_trusted(origin):
        return False
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def _is_trusted(origin: str) -> bool:
    """Whether a setting names it; CSRF_TRUSTED_ORIGINS may hold `https://*.example.com`."""
    scheme, _, host = origin.partition("://")
    for trusted in [*settings.CSRF_TRUSTED_ORIGINS, *settings.CORS_ALLOWED_ORIGINS]:
        trusted_scheme, _, pattern = trusted.partition("://")
        if scheme == trusted_scheme and is_same_domain(host, pattern.removeprefix("*")):
            return True
    return False


class _OwnFormsMixin:
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises PermissionDenied (403) for a form of another site."""
        if parser_context and is_from_elsewhere(parser_context["request"]):
            raise PermissionDenied("Forms of other sites are not accepted. Send JSON.")
        return super().parse(stream, media_type, parser_context)  # type: ignore[misc] # DRF's parser


class FormParser(_OwnFormsMixin, parsers.FormParser):
    """DRF's, for forms of this site."""


class MultiPartParser(_OwnFormsMixin, parsers.MultiPartParser):
    """DRF's, for forms of this site."""
