from django.apps import AppConfig


class CarsiteConfig(AppConfig):
    name = "carsite"
    verbose_name = "Cars service"

    def ready(self) -> None:
        from carsite import checks  # noqa: F401 - registers them; needs the app registry
