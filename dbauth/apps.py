"""Optional: with "dbauth" in INSTALLED_APPS, `manage.py check` covers its databases too."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register


class DBAuthConfig(AppConfig):
    """The backend as an app: it has no models, only system checks and commands."""

    name = "dbauth"
    verbose_name = "IAM database authentication"

    def ready(self) -> None:
        # Not tagged "database": such checks run only for the databases that --database names.
        register(_check_databases)


def _check_databases(**given: Any) -> list[CheckMessage]:
    from dbauth.checks import check_databases  # a process that only serves runs no checks

    return check_databases(**given)
