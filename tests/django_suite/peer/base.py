"""aurora-dsql-django, whose test databases are schemas: its own are what DSQL does not have."""

from __future__ import annotations

from typing import Any

from aurora_dsql_django import base
from django.apps import apps
from django.contrib.sites.management import create_default_site
from django.db import DatabaseError, models
from django.db.models.signals import post_migrate

import tests.django_suite.peer.testcases  # noqa: F401 - what follows a failing test
from dbauth.dsql.creation import DatabaseCreation


class SchemaEditor(base.DatabaseSchemaEditor):
    """Leaves out tables of the test database that the peer cannot make, not their whole label."""

    connection: DatabaseWrapper

    def create_model(self, model: type[models.Model]) -> None:
        deferred = list(self.deferred_sql)
        try:
            super().create_model(model)
        except DatabaseError:
            if not self.connection.creation.is_creating:
                raise
            self.deferred_sql[:] = deferred


class Creation(DatabaseCreation):
    """Those of `dbauth.dsql`."""

    is_creating = False

    def create_test_db(self, *args: Any, **options: Any) -> str:
        self.is_creating = True
        if not self.connection.settings_dict.get("USE_SEQUENCE_AUTOFIELDS"):
            # Its id is 1, which is no UUID: nothing of the suite would begin.
            post_migrate.disconnect(create_default_site, sender=apps.get_app_config("sites"))
        try:
            name: str = super().create_test_db(*args, **options)
        finally:
            self.is_creating = False
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    """The peer's own, but for the schema."""

    creation: Creation
    SchemaEditorClass = SchemaEditor
    creation_class = Creation

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self._schema = params.pop("schema", "public")
        return params

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(f'SET search_path TO "{self._schema}"')
