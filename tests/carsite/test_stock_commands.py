"""Commands that dbauth replaces for Aurora DSQL are Django's own on every other database."""

import io
import json
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.commands import createcachetable as django_createcachetable
from django.db import IntegrityError, transaction

from dbauth.management.commands import createcachetable, loaddata


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["cache_entries"], ["cache_entries", "--dry-run"]])
def test_createcachetable_is_djangos_where_the_database_is_not_dsql(arguments):
    outputs = []
    for command in (createcachetable.Command(), django_createcachetable.Command()):
        stream = io.StringIO()
        with transaction.atomic():
            call_command(command, *arguments, stdout=stream, verbosity=2)
            transaction.set_rollback(True)
        outputs.append(stream.getvalue())
    assert outputs[0] == outputs[1] != ""


@pytest.mark.django_db
def test_loaddata_stores_all_or_nothing_where_the_database_is_not_dsql(tmp_path):
    fixture = tmp_path / "groups.json"
    same_name = [{"model": "auth.group", "pk": n, "fields": {"name": "same"}} for n in (1, 2)]
    fixture.write_text(json.dumps(same_name))
    with pytest.raises(IntegrityError):
        call_command("loaddata", str(fixture), verbosity=0)
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_a_command_that_loaded_into_dsql_loads_as_djangos_afterwards(tmp_path):
    fixture = tmp_path / "groups.json"
    fixture.write_text('[{"model": "auth.group", "pk": 1, "fields": {"name": "kept"}}]')
    command = loaddata.Command()
    command._loader = mock.Mock(name="the batches of an earlier call")
    call_command(command, str(fixture), verbosity=0)
    assert Group.objects.get().name == "kept"
