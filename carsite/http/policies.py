"""What a browser may do with the service's pages: nothing that they do not need."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Django's own pages for a developer have scripts inside.
DEBUG_PAGES = {404, 500}


class PagePolicyMiddleware:
    """Adds Content-Security-Policy and Permissions-Policy to HTML; a view may set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
                response.headers.setdefault(
                    "Content-Security-Policy", settings.CONTENT_SECURITY_POLICY
                )
            response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response
