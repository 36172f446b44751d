"""Requests as this service understands them: UTF-8, and nothing that no database can store.

Django lets a client choose the charset in which the query string and forms are decoded, before any
middleware runs. Codecs such as `hex` or `undefined` raise there, and `punycode` takes 24 s for a
body of 900 KB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class UTF8Request(WSGIRequest):
    """A request whose declared charset is ignored, as RFC 8259 demands for JSON anyway."""

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        # Not by super(): it sets the encoding, and that alone decodes the query string.
        kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        parameters.pop("charset", None)
        self.content_type, self.content_params = kind, parameters
