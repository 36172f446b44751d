"""Newest first, page by page, as fast on the last page as on the first."""

from __future__ import annotations

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor
from rest_framework.request import Request

from cars.prepared.page import PreparedPagination


class NewestFirstPagination(PreparedPagination):
    """Pages of 50, or of as many as `page_size` asks for."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """An empty cursor is none: it leads to the first page."""
        given = request.query_params.get(self.cursor_query_param)
        return super().decode_cursor(request) if given else None

    def get_page_size(self, request: Request) -> int:
        """1 to 200, larger numbers count as 200; ValidationError (400) for what is no number."""
        given = request.query_params.get(self.page_size_query_param, "")
        if not given:
            return self.page_size
        if not (given.isascii() and given.isdigit() and given.strip("0")):
            raise ValidationError({self.page_size_query_param: ["Enter a whole number above 0."]})
        # Counted before it is converted: int() refuses numbers of thousands of digits.
        return self.max_page_size if len(given) > 9 else min(int(given), self.max_page_size)  # noqa: PLR2004
