"""An app whose columns get other types."""

from django.apps import AppConfig


class WeatherConfig(AppConfig):
    name = "tests.dbauth.dsql.weather"
    label = "weather"
    default_auto_field = "django.db.models.AutoField"
