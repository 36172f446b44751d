"""Which tests of Django's own suite DSQL cannot pass, and for what reason of DSQL's.

Each reason has test classes, and each of these the names of its tests. `make django-suite` runs all
others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dbauth.features import SKIPS

_INDEXES = "indexes.tests.SchemaIndexesPostgreSQLTests"
_SCHEMA = "schema.tests.SchemaTests"

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "There are no savepoints: what follows an error in TestCase's transaction fails": {
        "admin_changelist.tests.ChangeListTests": "test_list_editable_atomicity",
        "admin_views.tests.AdminViewBasicTest": "test_disallowed_to_field",
        "admin_views.tests.AdminViewListEditable": """
            test_forged_post_submission_when_no_add_permission""",
        "admin_views.tests.AdminViewPermissionsTest": """
            test_add_view test_change_view test_change_view_save_as_new test_delete_view""",
        "auth_tests.test_views.ChangelistTests": "test_view_user_password_is_readonly",
        # There setUpTestData() finds fewer apps than elsewhere.
        "contenttypes_tests.test_management.RemoveStaleContentTypesTests": """
            test_contenttypes_removed_for_apps_not_in_installed_apps
            test_contenttypes_removed_in_installed_apps_without_models test_interactive_false
            test_interactive_true_with_dependent_objects
            test_interactive_true_without_dependent_objects test_unavailable_content_type_model""",
        "fixtures.tests.FixtureLoadingTests": """
            test_loaddata_app_option test_unmatched_identifier_loading""",
        "fixtures_model_package.tests.FixtureTestCase": "test_loaddata",
        "force_insert_update.tests.ForceTests": "test_force_update",
        "get_or_create.tests.GetOrCreateTestsWithManualPKs": """
            test_create_with_duplicate_primary_key test_savepoint_rollback""",
        "get_or_create.tests.UpdateOrCreateTests": "test_manual_primary_key_test",
        "get_or_create.tests.UpdateOrCreateTestsWithManualPKs": """
            test_create_with_duplicate_primary_key""",
        "many_to_many.tests.ManyToManyTests": "test_add",
        "many_to_one.tests.ManyToOneTests": "test_fk_assignment_and_related_object_cache",
        "model_fields.test_booleanfield.BooleanFieldTests": "test_null_default",
        "model_fields.test_floatfield.TestFloatField": "test_float_validates_object",
        "multiple_database.tests.QueryTestCase": """
            test_generic_key_cross_database_protection test_m2m_cross_database_protection""",
        "queries.test_q.QCheckTests": "test_rawsql",
        **{
            f"sessions_tests.tests.{name}SessionTests": """
                test_session_asave_does_not_resurrect_session_logged_out_in_other_context
                test_session_save_does_not_resurrect_session_logged_out_in_other_context"""
            for name in ("CacheDB", "CustomDatabase", "Database")
        },
        **{
            f"sessions_tests.tests.{name}SessionWithTimeZoneTests": """
                test_session_asave_does_not_resurrect_session_logged_out_in_other_context
                test_session_save_does_not_resurrect_session_logged_out_in_other_context"""
            for name in ("CacheDB", "Database")
        },
        "test_utils.test_testcase.TestDataTests": "test_class_attribute_identity",
        "test_utils.test_testcase.TestTestCase": "test_fixture_teardown_checks_constraints",
        "test_utils.tests.CaptureOnCommitCallbacksTests": "test_with_rolled_back_savepoint",
        "test_utils.tests.TestBadSetUpTestData": """
            test_failure_in_setUpTestData_should_rollback_transaction""",
        "transactions.tests.AtomicMiscTests": "test_mark_for_rollback_on_error_in_transaction",
        "transaction_hooks.tests.TestConnectionOnCommit": """
            test_discards_hooks_from_rolled_back_savepoint
            test_inner_savepoint_does_not_affect_outer
            test_inner_savepoint_rolled_back_with_outer
            test_no_savepoints_atomic_merged_with_outer""",
    },
    "A transaction changes at most 3,000 rows": {
        "delete.tests.DeletionTests": "test_large_delete test_large_delete_related",
        "delete.tests.FastDeleteTests": "test_fast_delete_large_batch",
        "queries.test_bulk_update.BulkUpdateTests": "test_large_batch",
    },
    "Repeatable Read is the one isolation level: a conflict ends a transaction": {
        "backends.postgresql.tests.Tests": "test_connect_isolation_level",
        "delete_regress.tests.DeleteLockingTest": "test_concurrent_delete",
    },
    "There are no server-side cursors": {
        "backends.postgresql.test_server_side_cursors.ServerSideCursorsPostgres": """
            test_server_side_cursor test_server_side_cursor_many_cursors
            test_server_side_cursors_setting test_values test_values_list
            test_values_list_fields_not_equal_to_names test_values_list_flat""",
    },
    "There is no TRUNCATE: tables are emptied by batches, as foreign keys allow": {
        "backends.postgresql.test_operations.PostgreSQLOperationsTests": """
            test_sql_flush test_sql_flush_allow_cascade test_sql_flush_sequences
            test_sql_flush_sequences_allow_cascade""",
    },
    "A cluster has one database, postgres, and calls itself Aurora DSQL": {
        "backends.postgresql.tests.Tests": """
            test_check_database_version_supported test_nodb_cursor""",
    },
    "migrate keeps a journal in the database": {
        "backends.base.test_creation.TestDbCreationTests": """
            test_mark_expected_failures_and_skips_call test_migrate_test_setting_false
            test_migrate_test_setting_false_ensure_schema test_migrate_test_setting_true""",
    },
    "Keys are bigint identity columns, and so are references to them": {
        "backends.postgresql.test_introspection.DatabaseSequenceTests": """
            test_get_sequences_old_serial""",
        "model_fields.test_integerfield.IntegerFieldTests": "test_rel_db_type",
        "model_fields.test_integerfield.SmallIntegerFieldTests": "test_rel_db_type",
        _SCHEMA: """
            test_alter_fk test_alter_fk_to_o2o test_alter_o2o_to_fk
            test_alter_serial_auto_field_to_bigautofield test_m2m test_m2m_create
            test_m2m_create_custom test_m2m_create_inherited test_m2m_create_through
            test_m2m_create_through_custom test_m2m_create_through_inherited test_m2m_custom
            test_m2m_inherited""",
    },
    "Texts of all kinds, addresses too, are one type without a length": {
        "backends.postgresql.test_compilation.BulkCreateUnnestTests": "test_parametrized_db_type",
        "inspectdb.tests.InspectDBTestCase": "test_char_field_unlimited test_field_types",
        "introspection.tests.IntrospectionTests": "test_get_table_description_col_lengths",
        _SCHEMA: """
            test_alter_char_field_decrease_length test_unique_and_reverse_m2m
            test_unique_no_unnecessary_fk_drops""",
    },
    "A table's primary key stays what it is": {
        "migrations.test_executor.ExecutorTests": "test_alter_id_type_with_fk",
        "migrations.test_operations.OperationTests": """
            test_alter_field_pk test_alter_field_pk_fk test_alter_field_pk_fk_char_to_int
            test_alter_id_pk_to_uuid_pk test_composite_pk_operations""",
        _SCHEMA: """
            test_add_auto_field test_alter_auto_field_to_char_field
            test_alter_auto_field_to_integer_field test_alter_int_pk_to_autofield_pk
            test_alter_int_pk_to_bigautofield_pk test_alter_int_pk_to_int_unique
            test_alter_not_unique_field_to_primary_key test_alter_smallint_pk_to_smallautofield_pk
            test_autofield_to_o2o test_char_field_pk_to_auto_field test_primary_key""",
    },
    "Each statement of DDL is a transaction, with another execute()": {
        "migrations.test_commands.MigrateTests": """
            test_migrate_syncdb_app_label
            test_migrate_syncdb_deferred_sql_executed_with_schemaeditor""",
    },
    "A transaction holds DDL or data, and TestCase opens one": {
        "cache.tests.CreateCacheTableForDBCacheTests": """
            test_createcachetable_observes_database_router""",
    },
    "There are no arrays": {
        _SCHEMA: """
            test_alter_array_field_decrease_base_field_length
            test_alter_array_field_decrease_nested_base_field_length
            test_alter_field_with_custom_db_type""",
    },
    "Generated columns come with their table": {
        "migrations.test_operations.OperationTests": """
            test_add_field_after_generated_field test_add_generated_field_stored
            test_generated_field_changes_output_field
            test_invalid_generated_field_changes_on_rename_stored
            test_invalid_generated_field_changes_stored test_remove_generated_field_stored""",
        _SCHEMA: "test_add_generated_field_contains",
    },
    "Indexes have no operator classes and no direction": {
        _INDEXES: """
            test_ops_class test_ops_class_columns_lists_sql test_ops_class_descending
            test_ops_class_descending_columns_list_sql test_ops_class_descending_partial
            test_ops_class_include test_ops_class_include_tablespace test_ops_class_multiple_columns
            test_ops_class_partial test_ops_class_partial_tablespace test_text_indexes""",
        _SCHEMA: """
            test_add_indexed_charfield test_add_unique_charfield
            test_alter_field_add_db_index_to_charfield_with_unique
            test_alter_field_add_index_to_charfield test_alter_field_add_index_to_textfield
            test_alter_field_add_unique_to_charfield
            test_alter_field_add_unique_to_charfield_with_db_index
            test_alter_field_remove_unique_and_db_index_from_charfield
            test_alter_field_swap_unique_and_db_index_with_charfield
            test_indexed_charfield_to_textfield""",
    },
    "Indexes are built by CREATE INDEX ASYNC alone": {
        "inspectdb.tests.InspectDBTestCase": "test_unsupported_unique_together",
    },
    "There are no extensions, such as pgcrypto": {
        **{
            f"db_functions.text.test_{name.lower()}.{name}Tests": "test_basic test_transform"
            for name in ("SHA1", "SHA224", "SHA256", "SHA384", "SHA512")
        },
        "inspectdb.tests.InspectDBTransactionalTests": "test_foreign_data_wrapper",
    },
    "A role makes no schemas, the administrator does": {
        _SCHEMA: "test_namespaced_db_table_foreign_key_reference",
    },
    "Rows come in any order where none is asked for": {
        "filtered_relation.tests.FilteredRelationTests": "test_union",
    },
    "There are no partitions": {
        "inspectdb.tests.InspectDBTransactionalTests": "test_include_partitions",
    },
}


def by_reason() -> dict[str, set[str]]:
    """What `DatabaseFeatures.django_test_skips` wants: the tests' full names by reason."""
    own = {
        reason: {f"{case}.{name}" for case, names in cases.items() for name in names.split()}
        for reason, cases in REASONS.items()
    }
    return {**SKIPS, **own}
