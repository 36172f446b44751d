"""Django's createcachetable, which on Aurora DSQL goes through the schema editor.

Django writes the table and its index as SQL of its own, in one transaction. DSQL refuses both the
index as it is written and two DDL statements in one transaction. For every other database this is
Django's command.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.management.commands import createcachetable
from django.db import connections, models, router
from django.db.models import Model

from dbauth.dsql import is_dsql


class Command(createcachetable.Command):
    def create_table(self, database: str, tablename: str, dry_run: bool) -> Any:
        connection = connections[database]
        if not is_dsql(connection):
            return super().create_table(database, tablename, dry_run)
        cache: Any = BaseDatabaseCache(tablename, {})
        if not router.allow_migrate_model(database, cache.cache_model_class):
            return None
        if not dry_run and tablename in connection.introspection.table_names():
            if self.verbosity > 0:
                self.stdout.write(f"Cache table '{tablename}' already exists.")
            return None
        with connection.schema_editor(collect_sql=dry_run) as editor:
            editor.create_model(_entry(tablename))
        if dry_run:
            self.stdout.writelines(f"{line}\n" for line in editor.collected_sql)
        elif self.verbosity > 1:
            self.stdout.write(f"Cache table '{tablename}' created.")
        return None


def _entry(table: str) -> type[Model]:
    """What django.core.cache.backends.db reads and writes."""
    meta = type("Meta", (), {"app_label": "dbauth", "db_table": table, "apps": Apps()})
    fields = {
        "cache_key": models.CharField(max_length=255, primary_key=True),
        "value": models.TextField(),
        "expires": models.DateTimeField(db_index=True),
    }
    return type("CacheEntry", (Model,), {"__module__": __name__, "Meta": meta, **fields})
