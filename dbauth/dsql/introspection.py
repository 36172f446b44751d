"""What the catalog says, in Django's words."""

from typing import Any

from django.db.backends.postgresql import introspection
from django.db.models import Index

DSQL_INDEX = "btree_index"


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    """PostgreSQL's."""

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, Any]:
        # DSQL's one kind of index has a name of its own. Under that, Django would not recognise
        # the indexes that it has made, and not drop them either.
        constraints: dict[str, Any] = super().get_constraints(cursor, table_name)
        for constraint in constraints.values():
            if constraint.get("type") == DSQL_INDEX:
                constraint["type"] = Index.suffix
        return constraints
