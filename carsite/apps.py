from django.apps import AppConfig
from django.db.backends.signals import connection_created

from carsite.serverless import logs


class CarsiteConfig(AppConfig):
    name = "carsite"
    verbose_name = "Cars service"

    def ready(self) -> None:
        from carsite import checks  # noqa: F401 - registers them; needs the app registry

        connection_created.connect(logs.log_connection)
