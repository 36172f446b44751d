"""`manage.py dbshell` on DSQL."""

from dbauth import client
from dbauth.dsql.login import DSQLLogin


class DatabaseClient(client.DatabaseClient):
    login_class = DSQLLogin
