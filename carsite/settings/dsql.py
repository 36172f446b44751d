"""The `dsql` stage: Aurora DSQL, or Aurora PostgreSQL with IAM authentication."""

from carsite.settings.aws import *  # noqa: F403 - settings modules extend one another this way
from carsite.settings.base import env
from carsite.settings.database import iam_database

DATABASES = {"default": iam_database(env)}
