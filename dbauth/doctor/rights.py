"""Steps `role`, `schema` and `migrations`: the tables, and the right to work with them."""

from django.apps import apps
from django.db.migrations.executor import MigrationExecutor

from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError

MOST_NAMED = 5

# The tables of the project that the role sees but may not work with.
WITHOUT_GRANTS = """\
SELECT c.relname FROM pg_catalog.pg_class c
WHERE c.relname IN %s AND c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)
AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
ORDER BY c.relname"""

SCHEMA_RIGHTS = """\
SELECT has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE')
FROM pg_catalog.pg_namespace WHERE nspname = %s"""

GRANTS = """\
As the owner of the tables, or as an administrator:
GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA "{schema}" TO "{user}";
GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{user}";
or let {user} run `manage.py migrate`: then it owns the tables."""


def role(case: Case) -> str:
    """The session is the role of the settings, and may use the project's tables."""
    user, schema = _row(case, "SELECT session_user, current_schema()")
    tables = {model._meta.db_table for model in apps.get_models()} | {"django_migrations"}
    with case.connection.cursor() as cursor:
        cursor.execute(WITHOUT_GRANTS, [tuple(sorted(tables))])
        lacking = [name for (name,) in cursor.fetchall()]
    if lacking:
        named = ", ".join(lacking[:MOST_NAMED])
        cause = f'Role "{user}" may not read and write {len(lacking)} of the tables: {named}.'
        raise StepError(cause, GRANTS.format(schema=schema, user=user))
    return f"{user}, with all grants on the project's tables"


def schema(case: Case) -> str:
    """There is a schema to work in, and the role may use it."""
    wanted = case.options.get("schema") if case.uses_iam else None
    user, current = _row(case, "SELECT session_user, current_schema()")
    name = wanted or current
    if name is None:
        raise StepError(
            f'No schema of the search_path exists and is open to the role "{user}".',
            f'As an administrator: GRANT USAGE, CREATE ON SCHEMA public TO "{user}"',
        )
    rights = _row(case, SCHEMA_RIGHTS, name)
    if not rights:
        remedy = (
            f'As an administrator: CREATE SCHEMA "{name}"; GRANT ALL ON SCHEMA "{name}" TO "{user}"'
        )
        raise StepError(f'There is no schema "{name}".', remedy)
    usage, create = rights
    if not usage:
        remedy = f'As an administrator: GRANT ALL ON SCHEMA "{name}" TO "{user}"'
        raise StepError(f'The role "{user}" may not use the schema "{name}".', remedy)
    return f"{name}, where {user} {'may' if create else 'may not'} make tables"


def migrations(case: Case) -> str:
    """Every migration of the project is applied."""
    executor = MigrationExecutor(case.connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        first = plan[0][0]
        raise StepError(
            f"{len(plan)} migrations are not applied; the first is {first.app_label}.{first.name}.",
            f"`manage.py migrate --database {case.connection.alias}`",
        )
    return f"{len(executor.loader.applied_migrations)} applied, none pending"


def _row(case: Case, sql: str, *parameters: str) -> tuple:
    """The first row, empty where there is none."""
    with case.connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone() or ()
