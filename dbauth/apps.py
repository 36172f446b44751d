"""Optional: with "dbauth" in INSTALLED_APPS, `manage.py check` covers its databases too."""

from django.apps import AppConfig
from django.core.checks import register

from dbauth.checks import check_databases


class DBAuthConfig(AppConfig):
    """The backend as an app: it has no models, only system checks and commands."""

    name = "dbauth"
    verbose_name = "IAM database authentication"

    def ready(self) -> None:
        # Not tagged "database": such checks run only for the databases that --database names.
        register(check_databases)
