"""DDL on DSQL: one statement a transaction, no way back, and builds that go on afterwards."""

from dbauth.dsql.schema import signals
from dbauth.dsql.schema.editor import DatabaseSchemaEditor

__all__ = ["DatabaseSchemaEditor"]

signals.connect()
