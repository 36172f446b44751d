"""What Django may expect of DSQL."""

from typing import ClassVar

from aurora_dsql_django import features
from django.utils.functional import cached_property

from dbauth.dsql.types import ADDRESSES, KEYS, TEXTS

COLLATIONS = ("ci", "cs", "deterministic", "non_default", "swedish_ci", "virtual")


class DatabaseFeatures(features.DatabaseFeatures):
    """AWS's list, brought up to what DSQL does today."""

    # The dialect's own list predates them; without this the schema editor skips such indexes.
    supports_expression_indexes = True
    # DESC is left out, see schema/indexes.py.
    supports_index_column_ordering = False
    supports_tablespaces = False
    # Model checks turn these into errors before a migration is even written.
    supports_collation_on_charfield = False
    supports_collation_on_textfield = False
    test_collations: ClassVar[dict[str, None]] = dict.fromkeys(COLLATIONS)
    # FOR UPDATE and FOR KEY SHARE are the locks that DSQL documents, without any options:
    # https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-sql-features.html
    has_select_for_update_nowait = False
    has_select_for_update_skip_locked = False
    has_select_for_update_of = False
    has_select_for_no_key_update = False
    # A foreign key to a PositiveIntegerField has that field's type, whatever keys have.
    related_fields_match_type = True
    # Sessions hold keys in advance: going back would hand the same ones out twice.
    supports_sequence_reset = False
    # ALTER INDEX is not among DSQL's statements: a new one is built, and the old one dropped.
    can_rename_index = False
    # One action to a statement, as all else that DSQL alters.
    supports_combined_alters = False
    # COMMENT ON is not among DSQL's statements; Django warns (models.W046) and goes on without.
    supports_comments = False
    # Test databases are schemas, see creation.py.
    can_clone_databases = True
    # Functions are written in SQL, there is no PL/pgSQL.
    create_test_procedure_without_params_sql = (
        "CREATE FUNCTION test_procedure () RETURNS void LANGUAGE SQL AS 'SELECT'"
    )
    create_test_procedure_with_int_param_sql = (
        "CREATE FUNCTION test_procedure (P_I INTEGER) RETURNS void LANGUAGE SQL AS 'SELECT'"
    )

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:
        return {
            **super().introspected_field_types,
            **dict.fromkeys(KEYS, "BigAutoField"),
            **dict.fromkeys((*TEXTS, *ADDRESSES), "TextField"),
        }

    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:
        # Here, since who serves requests runs none of Django's tests.
        from dbauth.dsql.skips import by_reason

        return {**super().django_test_skips, **by_reason()}
