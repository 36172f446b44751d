"""ENGINE "dbauth.dsql": Amazon Aurora DSQL."""

from django.db.backends.base.base import BaseDatabaseWrapper

DISPLAY_NAME = "Aurora DSQL"


def is_dsql(connection: BaseDatabaseWrapper) -> bool:
    """Whether this is one of ours, without loading the backend and AWS's adapter to find out."""
    return connection.display_name == DISPLAY_NAME
