"""Static files under runserver, which looks them up in the source by their path."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.exceptions import SuspiciousFileOperation


class InsideFinder(AppDirectoriesFinder):
    """A path that leads out of an app's folder names no file: 404.

    Django refuses it too, but runserver answers that refusal with an error 500, and the page for it
    would show the settings.
    """

    def find_in_app(self, app: str, path: str) -> Any:
        with suppress(SuspiciousFileOperation):
            return super().find_in_app(app, path)
        return None
