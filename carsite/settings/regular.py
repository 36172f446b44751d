"""The `regular` stage: Aurora PostgreSQL with a user and a password, or with IAM tokens."""

from carsite.settings.aws import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.base import env
from carsite.settings.database import postgresql_database

DATABASES = {"default": postgresql_database(env)}
