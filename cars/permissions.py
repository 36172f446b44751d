"""Who may do what with cars."""

from __future__ import annotations

from django.conf import settings
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.views import APIView


class WritesMayRequireLogin(IsAuthenticatedOrReadOnly):
    """Everybody reads; with CARS_WRITES_REQUIRE_LOGIN only authenticated users write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return not settings.CARS_WRITES_REQUIRE_LOGIN or super().has_permission(request, view)
