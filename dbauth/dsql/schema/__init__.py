"""DDL on DSQL: one statement a transaction, no way back, and builds that go on afterwards."""

from dbauth.dsql.schema import migrations  # noqa: F401 - it listens to `migrate` from now on
from dbauth.dsql.schema.editor import DatabaseSchemaEditor

__all__ = ["DatabaseSchemaEditor"]
