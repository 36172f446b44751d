"""Static files of the deployed stages: hashed, compressed, below the path we are reached by."""

from __future__ import annotations

from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StageStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Links that begin with the request's prefix: API Gateway's stage, a base path, or nothing.

    STATIC_URL cannot: Django fixes it for the life of the process, and the same function may be
    called below a stage, on a custom domain and at a function URL.
    """

    @property
    def base_url(self) -> str:
        return f"{get_script_prefix()}static/"
