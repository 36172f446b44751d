"""What both deployed stages share: security, static files, logging. Only the database is missing.

Required variables have no default here: without them the process does not start.
"""

from carsite.settings.base import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.base import (
    CORS_MIDDLEWARE,
    INSTALLED_APPS,
    LOGGING,
    OTP_MIDDLEWARE,
    env,
)
from carsite.settings.environment import cookie_prefix, dns_suffix, names, path_prefix, public_url

DEBUG = False
SECRET_KEY = env("DJANGO_SECRET_KEY")
# While a key is being replaced, what the old one signed stays valid.
SECRET_KEY_FALLBACKS = names(env, "DJANGO_SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = (
    names(env, "ALLOWED_HOSTS")
    if "ALLOWED_HOSTS" in env
    else [f".execute-api.{env('AWS_REGION')}.{dns_suffix(env('AWS_REGION'))}"]
)
CSRF_TRUSTED_ORIGINS = names(env, "CSRF_TRUSTED_ORIGINS")

# API Gateway puts the stage before every path (https://<id>.execute-api.../regular/cars), and the
# handler finds it in each event (carsite.serverless.addresses). This overrides it at names of your
# own: the base path of a custom domain, or nothing.
SCRIPT_NAME = path_prefix(env, "DJANGO_SCRIPT_NAME")
# In Lambda one process answers at several addresses; any other server has one.
FORCE_SCRIPT_NAME = None if "AWS_LAMBDA_FUNCTION_NAME" in env else SCRIPT_NAME
# The address that clients know, where something before API Gateway (CloudFront) hides it.
PUBLIC_URL = public_url(env, "PUBLIC_URL")
if PUBLIC_URL and PUBLIC_URL.hostname:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, PUBLIC_URL.hostname]

# API Gateway speaks HTTPS only and sets this header itself, so a client cannot forge it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
COOKIE_PREFIX = cookie_prefix(SCRIPT_NAME, PUBLIC_URL)
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"

# The admin's modules are discovered by carsite.admin_urls: 7 ms that no cold start of the API pays.
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig" if app == "django.contrib.admin" else app
    for app in INSTALLED_APPS
]

STATIC_URL = "/static/"  # what links begin with, the storage decides
WHITENOISE_STATIC_PREFIX = "/static/"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# What is compressed already, and source maps: they are large, and no archive takes them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *("gif", "jpeg", "jpg", "png", "webp", "woff", "woff2"),
    *("br", "gz", "mov", "mp4", "webm", "zip"),
    "map",
]
MIDDLEWARE = [
    "carsite.http.middleware.RequestIdMiddleware",
    "carsite.serverless.request_log.RequestLogMiddleware",  # runserver has a line of its own
    "carsite.http.policies.PagePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # After SecurityMiddleware, as it asks for.
    "carsite.serverless.staticfiles.LazyWhiteNoiseMiddleware",
    # After WhiteNoise, whose files are compressed when they are collected.
    "carsite.serverless.compression.GatewayGZipMiddleware",
    "carsite.http.cookies.CookiePathMiddleware",
    *CORS_MIDDLEWARE,
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
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "carsite.serverless.staticfiles.StageStaticFilesStorage"},
}

LOGGING["handlers"]["console"]["formatter"] = "json"
# Every request has a line (carsite.serverless.request_log); Django's second one for 4xx would
# show its path.
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}
