"""The `regular` stage: Aurora PostgreSQL with a user and a password."""

from carsite.settings.aws import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.base import env
from carsite.settings.database import password_database

DATABASES = {"default": password_database(env)}
