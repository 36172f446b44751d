"""ENGINE "dbauth.dsql": Aurora DSQL, signed in to with IAM tokens."""

import random
import time
from typing import Any

from psycopg2.sql import SQL, Identifier

from dbauth import base
from dbauth.dsql import DISPLAY_NAME, calls, row_limit
from dbauth.dsql.checks import DatabaseValidation
from dbauth.dsql.client import DatabaseClient
from dbauth.dsql.creation import DatabaseCreation
from dbauth.dsql.features import DatabaseFeatures
from dbauth.dsql.introspection import DatabaseIntrospection
from dbauth.dsql.login import DSQLLogin
from dbauth.dsql.operations import DatabaseOperations
from dbauth.dsql.reaching import FallbackMixin
from dbauth.dsql.schema import DatabaseSchemaEditor
from dbauth.dsql.transactions import TransactionMixin
from dbauth.dsql.types import DATA_TYPES, DATA_TYPES_SUFFIX

# DSQL ends every connection after 60 minutes, in the middle of a request if need be. Ours end
# between requests before that, spread out so that a fleet does not reconnect all at once.
LONGEST_AGE = 55 * 60
SHORTEST_AGE = 50 * 60
_random = random.SystemRandom()  # a snapshot that is restored repeats any other generator


class DatabaseWrapper(TransactionMixin, FallbackMixin, base.DatabaseWrapper):
    """Aurora DSQL as Django's PostgreSQL.

    The dialect is that of AWS's own adapter, aurora-dsql-django, corrected where it is behind. Its
    `base` is left alone: that loads boto3, and replaces methods of AutoField for all databases.
    `vendor` stays "postgresql": contrib code and third parties ask for it.
    """

    display_name = DISPLAY_NAME
    data_types = DATA_TYPES
    data_types_suffix = DATA_TYPES_SUFFIX
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    validation_class = DatabaseValidation
    login_class = DSQLLogin

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Outermost, so that a wrapper of the project's sees every attempt.
        self.execute_wrappers[:0] = [self.run_statement, row_limit.explained]

    def connect(self) -> None:
        super().connect()
        age = _random.uniform(SHORTEST_AGE, LONGEST_AGE)
        renewal = time.monotonic() + age
        self.close_at = renewal if self.close_at is None else min(self.close_at, renewal)

    def set_up(self) -> None:
        super().set_up()
        schema = self.settings_dict["OPTIONS"].get("schema")
        if not schema:
            return
        # A statement of its own, as in AWS's samples: DSQL takes no search_path when connecting.
        with self.connection.cursor() as cursor:
            cursor.execute(SQL("SET search_path = {}").format(Identifier(schema)))
        if not self.get_autocommit():
            self.connection.commit()

    def chunked_cursor(self) -> Any:
        # DSQL has no DECLARE CURSOR, so .iterator() reads all rows, as with a pooler in between.
        return self.cursor()


calls.install()
