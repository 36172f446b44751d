"""Each host of a connection by itself: HOST, and the fallback where there is one."""

from django.db.backends.base.base import BaseDatabaseWrapper

from dbauth.dsql import fallback
from dbauth.dsql.login import DSQLLogin
from dbauth.errors import MisconfiguredError


def each(connection: BaseDatabaseWrapper) -> list[BaseDatabaseWrapper]:
    """The connection, or one for each of its hosts, which then knows of no other."""
    login_class = getattr(connection, "login_class", None)
    if not (isinstance(login_class, type) and issubclass(login_class, DSQLLogin)):
        return [connection]
    settings = connection.settings_dict
    try:
        other = fallback.second(settings)
    except MisconfiguredError:
        return [connection]  # the step `settings` says so
    if other is None:
        return [connection]
    return [
        type(connection)(entry, connection.alias) for entry in (fallback.first(settings), other)
    ]
