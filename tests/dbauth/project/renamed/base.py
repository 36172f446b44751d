"""The backend with a login of the project's own."""

from dbauth import base
from dbauth.errors import MisconfiguredError
from dbauth.iam.login import RDSLogin


class PickyLogin(RDSLogin):
    """Signs nobody in but `app`."""

    def __init__(self, settings):
        super().__init__(settings)
        if self.user != "app":
            raise MisconfiguredError("E999", f"USER is {self.user!r}.", 'Set it to "app".')


class DatabaseWrapper(base.DatabaseWrapper):
    login_class = PickyLogin
