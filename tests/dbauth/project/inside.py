"""What `manage.py test` runs in the project: a test with a test database of its own."""

from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase


class GroupTests(TestCase):
    def test_the_test_database_is_there(self) -> None:
        Group.objects.create(name="only here")
        assert connection.settings_dict["NAME"].startswith("test_")
        assert Group.objects.count() == 1
