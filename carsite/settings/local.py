"""A laptop: SQLite, DEBUG, no secrets. `make run` and the tests use it."""

from django.core.exceptions import ImproperlyConfigured

from carsite.settings.base import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.base import BASE_DIR, env

if "AWS_LAMBDA_FUNCTION_NAME" in env:
    # A public secret key, and pages of DEBUG that name the database.
    raise ImproperlyConfigured(
        "carsite.settings.local is for a laptop, and this is Lambda. Set DJANGO_SETTINGS_MODULE in"
        " aws_environment_variables to carsite.settings.regular or carsite.settings.dsql."
    )

DEBUG = True
SECRET_KEY = "local-only: the deployed stages demand DJANGO_SECRET_KEY"  # noqa: S105 - never deployed
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STATICFILES_FINDERS = ["carsite.http.finders.InsideFinder"]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": BASE_DIR / "db.sqlite3",
    # Writers queue for the lock instead of failing: without IMMEDIATE a transaction that reads
    # first and then writes cannot wait, whatever its timeout.
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
}
DATABASES = {"default": dict(SQLITE)}
if "DATABASE_URL" in env:
    given = env.db("DATABASE_URL")
    # Another file is still this database, with its options; another engine is its own.
    DATABASES["default"] = {**(SQLITE if given["ENGINE"] == SQLITE["ENGINE"] else {}), **given}
