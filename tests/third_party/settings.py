"""The settings of a child, which runs the migrations of one package on one engine."""

import importlib
import json
import os

_PACKAGE = json.loads(os.environ["THIRD_PARTY_PACKAGE"])
_CONTRIB = ("contenttypes", "auth", "admin", "sessions", "messages")

DATABASES = json.loads(os.environ["THIRD_PARTY_DATABASES"])
INSTALLED_APPS = [f"django.contrib.{name}" for name in _CONTRIB] + _PACKAGE["apps"]
SECRET_KEY = "third-party"
SITE_ID = 1
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
LOGGING_CONFIG = None

_CONTEXT = ("request", "debug", "i18n", "static")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(f"django.template.context_processors.{name}" for name in _CONTEXT),
            ]
        },
    }
]

_MORE = dict(_PACKAGE["settings"])
if _DEFAULTS := _MORE.pop("DEFAULTS", ""):
    _MODULE = importlib.import_module(_DEFAULTS)
    _MORE = {name: getattr(_MODULE, name) for name in dir(_MODULE) if name.isupper()} | _MORE
globals().update(_MORE)
