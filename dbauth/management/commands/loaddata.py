"""Django's loaddata, which on Aurora DSQL commits by batches.

Django loads everything in one transaction, and DSQL limits a transaction to 3,000 rows, 10 MiB and
5 minutes. Loading by batches is not all or nothing: after an interruption the same command loads
the rest, because objects that are already there are written again under the same key. Where the
caller has opened a transaction, as RunPython does, everything is loaded in that one. For every
other database this is Django's command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.db import connections, router

from dbauth.dsql import is_dsql

if TYPE_CHECKING:
    from dbauth.dsql.fixtures import Loader


class Command(loaddata.Command):
    _loader: Loader | None = None
    _in_batches = False
    _postponed: Any = None

    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        self._in_batches = is_dsql(connection) and not connection.in_atomic_block
        # A caller may use this command once more, for another database.
        self._loader = self._postponed = None
        super().handle(*fixture_labels, **options)
        if self._postponed is not None:
            self._load_in_batches(self._postponed)

    def loaddata(self, fixture_labels: Any) -> None:
        # Called within Django's transaction, where there is nothing to do for batches yet.
        if self._in_batches:
            self._postponed = fixture_labels
        else:
            super().loaddata(fixture_labels)

    def _load_in_batches(self, fixture_labels: Any) -> None:
        from dbauth.dsql.fixtures import Loader  # AWS's adapter need not be installed elsewhere

        self._loader = Loader(self.using, super().save_obj)
        self._labels_left = len(fixture_labels)
        super().loaddata(fixture_labels)

    def load_label(self, fixture_label: Any) -> None:
        if self._loader is None:
            super().load_label(fixture_label)
            return
        with self._loader.reading():
            super().load_label(fixture_label)
        self._loader.store()
        self._labels_left -= 1
        if not self._labels_left:
            self._loader.finish()

    def save_obj(self, obj: DeserializedObject) -> bool:
        if self._loader is None or not self._is_wanted(obj):
            return super().save_obj(obj)
        self._loader.add(obj)
        return True

    def _is_wanted(self, obj: DeserializedObject) -> bool:
        """Whether Django would save it."""
        model = type(obj.object)
        return (
            model._meta.app_config not in self.excluded_apps
            and model not in self.excluded_models
            and router.allow_migrate_model(self.using, model)
        )
