"""Test databases: a cluster has one database, so a schema beside the service's takes that part.

    DATABASES["default"]["TEST"]["NAME"]     the schema; "test_" and OPTIONS["schema"] by default

Whoever may not create schemas has the administrator make it, and one for each parallel process
(`..._1`, `..._2`); it is emptied then, and not dropped. Without savepoints Django's TestCase runs
each test, setUpTestData() included, in a transaction of its own.
"""

from __future__ import annotations

from typing import Any

from aurora_dsql_django import creation
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import ProgrammingError
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

KINDS = {"r": "TABLE", "v": "VIEW", "S": "SEQUENCE"}
RELATIONS = """
    SELECT c.relkind, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'S') ORDER BY c.relkind DESC, c.relname
"""


class DatabaseCreation(creation.DatabaseCreation):
    """Creates, clones, empties and drops schemas."""

    connection: Any
    _schema_of_service: str | None = None
    _doomed: str

    def _get_test_db_name(self) -> str:
        return str(self.connection.settings_dict["NAME"])  # which stays: there is no other

    def _test_schema(self) -> str:
        schema = self._options.get("schema", "public")
        name: str = self.connection.settings_dict["TEST"]["NAME"] or TEST_DATABASE_PREFIX + schema
        if name == schema:
            raise ImproperlyConfigured(
                f'DATABASES[{self.connection.alias!r}]["TEST"]["NAME"] is {name!r}, the schema of '
                "the service itself, and tests would empty it. Name another one."
            )
        return name

    @property
    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = self.connection.settings_dict["OPTIONS"]
        return options

    def test_db_signature(self) -> tuple[Any, ...]:
        return (*super().test_db_signature(), self._test_schema())

    def set_as_test_mirror(self, primary_settings_dict: dict[str, Any]) -> None:
        super().set_as_test_mirror(primary_settings_dict)
        self._enter(primary_settings_dict["OPTIONS"].get("schema"))

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = self._test_schema()
        if self._make(name) or keepdb:
            pass
        elif autoclobber or input(f"Type 'yes' to empty the schema {name!r}: ") == "yes":
            self._empty(name)
        else:
            raise SystemExit("Tests cancelled.")
        self._schema_of_service = self._options.get("schema")
        self._enter(name)
        return self._get_test_db_name()

    def get_test_db_clone_settings(self, suffix: str) -> dict[str, Any]:
        settings: dict[str, Any] = dict(self.connection.settings_dict)
        return {**settings, "OPTIONS": {**self._options, "schema": self._name_of_clone(suffix)}}

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        # DSQL copies no tables, so the clone migrates by itself.
        name, original = self._name_of_clone(suffix), self._options["schema"]
        if not self._make(name) and not keepdb:
            self._empty(name)
        self._enter(name)
        try:
            alias = self.connection.alias
            call_command("migrate", database=alias, run_syncdb=True, interactive=False, verbosity=0)
            call_command("createcachetable", database=alias, verbosity=0)
        finally:
            self._enter(original)

    def destroy_test_db(
        self,
        old_database_name: str | None = None,
        verbosity: int = 1,
        keepdb: bool = False,
        suffix: str | None = None,
    ) -> None:
        if not keepdb:
            self._doomed = self._name_of_clone(suffix) if suffix else self._options["schema"]
        super().destroy_test_db(old_database_name, verbosity, keepdb, suffix)
        if suffix is None:
            self._enter(self._schema_of_service)

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        self._empty(self._doomed)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"
            )
            if cursor.fetchone() == (True,):  # and could make it again
                cursor.execute(f"DROP SCHEMA {self._quote_name(self._doomed)} CASCADE")
        self.connection.close()

    def _name_of_clone(self, suffix: str) -> str:
        return f"{self._options['schema']}_{suffix}"

    def _enter(self, schema: str | None) -> None:
        self.connection.close()
        self._options.pop("schema", None)
        if schema:
            self._options["schema"] = schema

    def _make(self, name: str) -> bool:
        """Create a schema; False where it exists."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [name])
            if cursor.fetchone():
                return False
            create = f"CREATE SCHEMA {self._quote_name(name)}"
            try:
                cursor.execute(create)
            except ProgrammingError as error:
                role = self._quote_name(self.connection.settings_dict["USER"])
                raise ImproperlyConfigured(
                    f"Tests need the schema {name!r}, and {role} may not create it. As admin, run "
                    f"{create} AUTHORIZATION {role}"
                ) from error
        return True

    def _empty(self, name: str) -> None:
        """Drop what is in a schema, each by itself: DSQL takes one DDL statement a transaction."""
        with self.connection.cursor() as cursor:
            # Views, tables, sequences: by then those of identity columns are gone.
            cursor.execute(RELATIONS, [name])
            for kind, relation in cursor.fetchall():
                place = f"{self._quote_name(name)}.{self._quote_name(relation)}"
                cursor.execute(f"DROP {KINDS[kind]} IF EXISTS {place} CASCADE")
