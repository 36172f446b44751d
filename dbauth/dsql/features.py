"""What Django may expect of DSQL."""

from aurora_dsql_django import features


class DatabaseFeatures(features.DatabaseFeatures):
    """AWS's list, brought up to what DSQL does today."""

    # The dialect's own list predates them; without this the schema editor skips such indexes.
    supports_expression_indexes = True
    # Model checks turn these into errors before a migration is even written.
    supports_collation_on_charfield = False
    supports_collation_on_textfield = False
    # FOR UPDATE is the one lock that DSQL knows, and without any of its options.
    has_select_for_update_nowait = False
    has_select_for_update_skip_locked = False
    has_select_for_update_of = False
    has_select_for_no_key_update = False
    # A foreign key to a PositiveIntegerField has that field's type, whatever keys have.
    related_fields_match_type = True
    # Sessions hold keys in advance: going back would hand the same ones out twice.
    supports_sequence_reset = False
    # ALTER INDEX does not exist: a new one is built, and the old one dropped.
    can_rename_index = False
    # One action to a statement, as all else that DSQL alters.
    supports_combined_alters = False
    # COMMENT ON is not among DSQL's statements; Django warns (models.W046) and goes on without.
    supports_comments = False
