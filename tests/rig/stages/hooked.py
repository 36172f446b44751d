"""The dsql stage's settings, with hooks that fail after COMMIT."""

from carsite.settings import dsql
from carsite.settings.dsql import *  # noqa: F403 - settings modules extend one another this way

INSTALLED_APPS = [*dsql.INSTALLED_APPS, "tests.dbauth.dsql.hooks.Hooks"]

# Each attempt at adding a user hashes the password again, and there are three seconds for all.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
