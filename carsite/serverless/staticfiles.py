"""Static files of the deployed stages: hashed, compressed, below the path we are reached by."""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StageStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Links that begin with the request's prefix: API Gateway's stage, a base path, or nothing.

    STATIC_URL cannot: Django fixes it for the life of the process, and the same function may be
    called below a stage, on a custom domain and at a function URL.
    """

    @property
    def base_url(self) -> str:
        return f"{get_script_prefix()}static/"


class LazyWhiteNoiseMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, but it looks at the files when the first of them is asked for.

    It measures and describes all of them at start: 14 ms of each cold start, most of which serve
    the API alone.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._postponed: list[tuple[str, str]] = []
        self._lock = Lock()
        super().__init__(*arguments, **options)

    def add_files(self, root: str, prefix: str) -> None:
        self._postponed.append((root, prefix))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self.static_prefix):
            self._look()
        response: HttpResponse = super().__call__(request)
        return response

    def _look(self) -> None:
        with self._lock:
            while self._postponed:
                super().add_files(*self._postponed[-1])
                self._postponed.pop()
