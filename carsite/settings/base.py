"""What every environment shares. There is no database here: see local, regular and dsql."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import environ
from pythonjsonlogger.core import RESERVED_ATTRS

from carsite.settings.environment import flag, names

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()

INSTALLED_APPS = [
    "carsite",  # first, so that its templates win over those of the apps below
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular_sidecar",
    "dbauth",  # for its system checks and commands; the engine is DATABASE_URL's choice
    "cars",
]

# In three parts, since the deployed stages put their own middleware between them.
REQUEST_ID_MIDDLEWARE = "carsite.http.middleware.RequestIdMiddleware"
SECURITY_MIDDLEWARE = "django.middleware.security.SecurityMiddleware"
INNER_MIDDLEWARE = [
    "carsite.http.middleware.MalformedRequestMiddleware",
    "carsite.http.middleware.BodyLimitMiddleware",
    "carsite.http.middleware.DatabaseErrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "carsite.http.middleware.LazyMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Other origins whose scripts may call the API, such as https://app.example.com; none by default.
# Their cookies stay out: a script signs in by HTTP Basic.
CORS_ALLOWED_ORIGINS = names(env, "CORS_ALLOWED_ORIGINS")
if CORS_ALLOWED_ORIGINS:
    from corsheaders.defaults import default_headers

    CORS_URLS_REGEX = r"^/(cars|schema|health)\b"
    CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "x-request-id")
    CORS_EXPOSE_HEADERS = ["location", "retry-after", "x-request-id"]
    INSTALLED_APPS += ["corsheaders"]
    # Before whatever answers with an error, so that a script may read it.
    INNER_MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *INNER_MIDDLEWARE]

MIDDLEWARE = [REQUEST_ID_MIDDLEWARE, SECURITY_MIDDLEWARE, *INNER_MIDDLEWARE]

ROOT_URLCONF = "carsite.urls"
WSGI_APPLICATION = "carsite.wsgi.application"
# The API's paths have no trailing slash, and the admin redirects to its own.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Set by carsite.settings.aws: where a gateway's clients see the service.
SCRIPT_NAME: str | None = None
PUBLIC_URL: SplitResult | None = None

STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))

# Saving a session may meet a conflict on Aurora DSQL; anywhere else these are Django's.
SESSION_ENGINE = "dbauth.sessions"

# contrib's tables predate UUIDs; cars have a UUID of their own.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# dumpdata --format jsonl, without Django's rounding to milliseconds.
SERIALIZATION_MODULES = {"jsonl": "carsite.jsonl"}

# Bodies over this many bytes get 413 (carsite.http.middleware.BodyLimitMiddleware).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# The browsable API's log-in returns to the API.
LOGIN_REDIRECT_URL = "root"

# As in the guide, anyone may POST a car. True: only authenticated users.
CARS_WRITES_REQUIRE_LOGIN = flag(env, "CARS_WRITES_REQUIRE_LOGIN")

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": [
        "carsite.http.json.OrjsonRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "carsite.http.json.OrjsonParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "carsite.http.authentication.SessionAuthentication",
        "carsite.http.authentication.WriterAuthentication",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "carsite.http.json.JSONFirstNegotiation",
    "EXCEPTION_HANDLER": "carsite.http.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "carsite.serverless.logs.RequestIdFilter"},
        "expected": {"()": "carsite.serverless.logs.ExpectedFilter"},
    },
    "formatters": {
        "plain": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {
            "()": "carsite.serverless.logs.JSONFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            # Django attaches the request, which prints itself with its query string.
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            # A command's output is its own: manage.py asks for stderr.
            "stream": f"ext://sys.{env('LOG_STREAM', default='stdout')}",
            "filters": ["request_id", "expected"],
            "formatter": "plain",
        },
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Django's own handlers would print everything a second time.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
