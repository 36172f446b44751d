"""Compress answers behind the gateways that do not do it themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from carsite.serverless.gateway import PAYLOAD

# REST APIs compress by themselves (payload_minimum_compression_size); other servers are asked to.
UNCOMPRESSED = {"1.0", "2.0", "alb"}
# As in zappa_settings.json: below it, compressing costs more than it saves.
MINIMUM_BYTES = 1024
COMPRESSIBLE = ("text/", "application/json", "application/problem+json")


class GatewayGZipMiddleware(GZipMiddleware):
    """Django's GZipMiddleware for HTTP APIs, function URLs and load balancers."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.META.get(PAYLOAD) not in UNCOMPRESSED:
            return response
        if not response.streaming and len(response.content) < MINIMUM_BYTES:  # type: ignore[attr-defined] # not streaming
            return response
        if not response.headers.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        return super().process_response(request, response)
