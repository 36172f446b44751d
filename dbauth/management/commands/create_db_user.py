"""Make the database user that IAM signs in as: once per database, by an administrator."""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PasswordWrapper

from dbauth import passwords
from dbauth.base import DatabaseWrapper
from dbauth.dsql.login import ADMIN, DSQLLogin
from dbauth.errors import MisconfiguredError
from dbauth.frames import forget_frames
from dbauth.grants import Step, dsql_steps, rds_steps

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/\S+")


class Command(BaseCommand):
    help = (
        "Create the database user that IAM signs in as, with its schema and privileges. Running it "
        "again changes nothing. On Aurora DSQL it signs in as admin with your AWS credentials; on "
        "Aurora PostgreSQL as the master user, with the password in PGPASSWORD or asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("user", nargs="?", help="default: USER of the database's settings")
        add("--database", default=DEFAULT_DB_ALIAS, help="default: %(default)s")
        add("--schema", help="default: the option `schema`; on Aurora PostgreSQL: public")
        add("--role-arn", action="append", default=[], help="DSQL: who may sign in; repeatable")
        add("--master-user", default="postgres", help="Aurora PostgreSQL; default: %(default)s")
        add("--no-ddl", action="store_true", help="Aurora PostgreSQL: rows only, no tables")
        add(
            "--secret-id",
            help="for RDS Proxy: make a password, and keep it in this secret of Secrets Manager",
        )
        add("--sql", action="store_true", help="only print the statements, for psql")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not isinstance(connection, DatabaseWrapper):
            raise CommandError(
                f"DATABASES[{options['database']!r}] has ENGINE "
                f"{connection.settings_dict['ENGINE']!r}, where users have passwords. This command "
                'is for "dbauth" and "dbauth.dsql" (DATABASE_URL rds-iam://... and dsql://...).'
            )
        try:
            steps = _steps(connection, options)
        except (ValueError, MisconfiguredError) as error:
            raise CommandError(str(error)) from error
        if options["sql"]:
            self.stdout.writelines(f"{step}\n" for step in steps)
            return
        administrator = _administrator(connection, options["master_user"])
        with closing(administrator):
            self._run(administrator, steps)
            if options["secret_id"]:
                login = connection.login
                user = options["user"] or login.user
                self._renew(administrator, user, options["secret_id"], login.region)

    def _renew(self, administrator: Any, user: str, secret: str, region: str) -> None:
        try:
            passwords.renew(administrator, user, secret, region)
        except passwords.NotRenewedError as error:
            forget_frames(error, None)  # they hold the new password
            raise CommandError(f"No new password: {error}".strip()) from None
        except passwords.HalfRenewedError as error:
            forget_frames(error, None)
            raise CommandError(
                f"{secret} may have a password that the database has not for {user}: {error}."
                " Run this again."
            ) from None
        self.stdout.write(f"{user} has a new password, which {secret} holds.")

    def _run(self, administrator: Any, steps: list[Step]) -> None:
        try:
            with administrator.cursor() as cursor:
                for step in steps:
                    cursor.execute(step.sql)
                    # As psql's \gexec: what a step answers with is what is to be run.
                    generated = [sql for (sql,) in cursor.fetchall()] if step.generates else []
                    for sql in generated:
                        cursor.execute(sql)
                    self._report(generated if step.generates else [step.sql])
        except DatabaseError as error:
            forget_frames(error, None)  # they hold the master password
            raise CommandError(f"{administrator.settings_dict['USER']}: {error}".strip()) from None

    def _report(self, statements: list[str]) -> None:
        for statement in statements:
            self.stdout.write(f"{statement};")


def _steps(connection: DatabaseWrapper, options: dict[str, Any]) -> list[Step]:
    settings = connection.settings_dict
    login = connection.login_class(settings)
    user = options["user"] or login.user
    if isinstance(login, DSQLLogin):
        _refuse(options, "no_ddl", "secret_id")
        return _dsql_steps(user, options["schema"] or login.schema, options["role_arn"])
    if user == options["master_user"]:
        raise ValueError(
            f"{user!r} is the master user: with rds_iam its password would work no longer. "
            "Name another user."
        )
    if options["sql"] and options["secret_id"]:
        raise ValueError("--sql prints, and the password of --secret-id is for nobody's eyes.")
    return rds_steps(
        user,
        options["schema"] or "public",
        settings["NAME"],
        tokens=not options["secret_id"],
        ddl=not options["no_ddl"],
    )


def _refuse(options: dict[str, Any], *names: str) -> None:
    for name in names:
        if options[name]:
            option = f"--{name.replace('_', '-')}"
            raise ValueError(f"{option} is for Aurora PostgreSQL, and this is Aurora DSQL.")


def _dsql_steps(user: str, schema: str | None, role_arns: list[str]) -> list[Step]:
    if user == ADMIN:
        raise ValueError("admin exists in every cluster. Name another user, or set USER to it.")
    if not schema:
        raise ValueError(
            "There is no schema: on DSQL a user may not make tables in public. Pass --schema, or "
            'set OPTIONS["schema"] (in DATABASE_URL: ?schema=...).'
        )
    if not role_arns:
        raise ValueError(
            "--role-arn is missing: the ARN of the IAM role that is to sign in, for a Lambda "
            "function its execution role (aws lambda get-function-configuration --query Role)."
        )
    for arn in role_arns:
        if not ROLE_ARN.fullmatch(arn):
            raise ValueError(f"--role-arn is {arn!r}: use arn:aws:iam::ACCOUNT:role/NAME.")
    return dsql_steps(user, schema, role_arns)


def _administrator(connection: DatabaseWrapper, master_user: str) -> Any:
    """A connection of its own for the one who may do this; it is not opened yet."""
    settings = connection.settings_dict
    login = connection.login_class(settings)
    options = dict(settings["OPTIONS"])
    if isinstance(login, DSQLLogin):
        options.pop("schema", None)
        return type(connection)({**settings, "USER": ADMIN, "OPTIONS": options}, connection.alias)
    changes = {
        "USER": master_user,
        "PASSWORD": _password(master_user, login.host),
        "OPTIONS": login.connection_params(options),
    }
    return PasswordWrapper({**settings, **changes}, connection.alias)


def _password(user: str, host: str) -> str:
    """Never an argument: everybody on the machine could read it there."""
    if "PGPASSWORD" in os.environ:
        return os.environ["PGPASSWORD"]
    if not sys.stdin.isatty():
        raise CommandError(f"Set PGPASSWORD to the password of {user!r}.")
    return getpass(f"Password of {user} at {host}: ")
