"""Where the admin keeps its messages until the next page: as Django does, in a cookie of ours."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """Django's, whose cookie has the name that a setting gives it, as the other cookies have."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class NamedFallbackStorage(FallbackStorage):
    storage_classes = (NamedCookieStorage, SessionStorage)
