"""An app that has been through everything: its migrations use all that DSQL makes difficult."""

from django.apps import AppConfig


class GarageConfig(AppConfig):
    name = "tests.dbauth.dsql.garage"
    label = "garage"
    default_auto_field = "django.db.models.AutoField"
