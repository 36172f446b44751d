"""What every environment shares. There is no database here: see local, regular and dsql."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import environ
from pythonjsonlogger.core import RESERVED_ATTRS

from carsite.settings.environment import count, flag, names

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

# Other origins whose scripts may call the API, such as https://app.example.com; none by default.
# Their cookies stay out: a script signs in by HTTP Basic.
CORS_ALLOWED_ORIGINS = names(env, "CORS_ALLOWED_ORIGINS")
CORS_MIDDLEWARE: list[str] = []
if CORS_ALLOWED_ORIGINS:
    from corsheaders.defaults import default_headers

    CORS_URLS_REGEX = r"^/(cars|schema|health)\b"
    CORS_ALLOW_HEADERS = (*default_headers, "idempotency-client", "idempotency-key", "x-request-id")
    CORS_EXPOSE_HEADERS = [
        *("etag", "idempotent-replayed", "location", "retry-after", "x-ignored", "x-request-id")
    ]
    INSTALLED_APPS += ["corsheaders"]
    CORS_MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware"]

# The admin asks for a code from a telephone too: docs/deploy.md says how to begin.
ADMIN_TWO_FACTORS = flag(env, "ADMIN_TWO_FACTORS")
OTP_MIDDLEWARE: list[str] = []
if ADMIN_TWO_FACTORS:
    OTP_TOTP_ISSUER = "Cars"
    INSTALLED_APPS += ["django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"]
    OTP_MIDDLEWARE = ["django_otp.middleware.OTPMiddleware"]

# carsite.settings.aws has a longer list, with all of these in the same order.
MIDDLEWARE = [
    "carsite.http.middleware.RequestIdMiddleware",
    "carsite.http.policies.PagePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *CORS_MIDDLEWARE,  # before whatever answers with an error, so that a script may read it
    "carsite.http.caching.CachePolicyMiddleware",  # before whatever answers with an error
    "carsite.http.middleware.MalformedRequestMiddleware",
    "carsite.http.middleware.BodyLimitMiddleware",
    "carsite.http.middleware.ExceptionMiddleware",
    "carsite.http.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "carsite.http.sessions.AuthenticationMiddleware",
    *OTP_MIDDLEWARE,
    "carsite.http.sessions.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

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

# What pages may load (carsite.http.policies): nothing of other hosts. Pages of the admin, of the
# browsable API and of Swagger UI have styles inside, but no scripts.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in [
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
    ]
)

MESSAGE_STORAGE = "carsite.http.message_storage.NamedFallbackStorage"
MESSAGES_COOKIE_NAME = "messages"

# Passwords that were not right, before more are refused for a while (carsite.http.guesses); 0 is no
# limit.
AUTHENTICATION_BACKENDS = ["carsite.http.guesses.GuardedBackend"]
LOGIN_FAILURES_PER_ACCOUNT = count(env, "LOGIN_FAILURES_PER_ACCOUNT", default=10)
LOGIN_FAILURES_PER_ADDRESS = count(env, "LOGIN_FAILURES_PER_ADDRESS", default=50)
LOGIN_FAILURES_SECONDS = 15 * 60

# The browsable API's log-in returns to the API.
LOGIN_REDIRECT_URL = "root"

# As in the guide, anyone may POST a car. True: only authenticated users.
CARS_WRITES_REQUIRE_LOGIN = flag(env, "CARS_WRITES_REQUIRE_LOGIN")

# What a request names and nothing reads (?mak=Saab) is refused, not only named in a header.
CARS_REFUSE_UNKNOWN = flag(env, "CARS_REFUSE_UNKNOWN")

# False: every request goes the way of plain Django and REST framework (cars.prepared).
CARS_PREPARED = flag(env, "CARS_PREPARED", default=True)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": [
        "carsite.http.json.OrjsonRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "carsite.http.json.OrjsonParser",
        "carsite.http.forms.FormParser",
        "carsite.http.forms.MultiPartParser",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that strangers get 401 with its challenge and not 403.
        "carsite.http.authentication.WriterAuthentication",
        "carsite.http.authentication.SessionAuthentication",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cars.prepared.negotiation.PreparedNegotiation",
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
