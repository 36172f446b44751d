"""For `make schema` alone: the OpenAPI generator, which is not installed where the service runs."""

from carsite import __version__
from carsite.settings.local import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.local import INSTALLED_APPS, REST_FRAMEWORK

INSTALLED_APPS = [*INSTALLED_APPS, "drf_spectacular"]
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_SCHEMA_CLASS": "cars.openapi.schema.CarsSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cars API",
    "DESCRIPTION": "Cars on Aurora PostgreSQL and on Aurora DSQL: the same API on both.",
    "VERSION": __version__,
    # Relative to /schema, so that it is right under any host and stage path.
    "SERVERS": [{"url": "."}],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/",
    # Sessions are a browser's business.
    "AUTHENTICATION_WHITELIST": ["carsite.http.authentication.WriterAuthentication"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cars.openapi.hooks.as_answered",
    ],
}
