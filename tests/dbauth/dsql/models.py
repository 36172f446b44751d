"""Tables for tests that need no migrations."""

from django.db import models
from django.test.utils import isolate_apps

with isolate_apps("tests.dbauth.dsql.garage"):

    class Counter(models.Model):  # noqa: DJ008 - nobody prints it
        name = models.CharField(max_length=5, unique=True)
        value = models.IntegerField(default=0)

        class Meta:
            app_label = "garage"

    class Visit(models.Model):  # noqa: DJ008 - nobody prints it
        id = models.SmallAutoField(primary_key=True)
        counter = models.ForeignKey(Counter, models.CASCADE)
        address = models.GenericIPAddressField(null=True)
        number = models.SmallIntegerField(default=0)

        class Meta:
            app_label = "garage"
