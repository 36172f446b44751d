"""`python -m benchmarks.dsql_dialect`: Django on DSQL, dbauth.dsql beside aurora-dsql-django.

Not a matter of speed: each engine is asked the same questions through the tests' DSQL gate, each in
a process of its own, and the answers are printed as docs/dsql.md has them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import Error, IntegrityError, connection, models, transaction

from dbauth.retry import retried
from tests.rig.dsql_gate import DsqlGate, running_dsql_gate
from tests.rig.postgresql import running_postgresql

ENGINES: dict[str, dict[str, Any]] = {
    "dbauth.dsql": {"ENGINE": "dbauth.dsql"},
    "aurora-dsql-django 0.7.0": {"ENGINE": "aurora_dsql_django"},
    "the same, USE_SEQUENCE_AUTOFIELDS": {
        "ENGINE": "aurora_dsql_django",
        "USE_SEQUENCE_AUTOFIELDS": True,
    },
}
APPS = [f"django.contrib.{name}" for name in ("contenttypes", "auth", "admin", "sessions")]
KILLED_AFTER = 12
WRITERS = 20

Question = Callable[[DsqlGate], str]
QUESTIONS: dict[str, Question] = {}


def question(text: str) -> Callable[[Question], Question]:
    def register(function: Question) -> Question:
        QUESTIONS[text] = function
        return function

    return register


@question("`migrate` of Django's own apps, from nothing")
def stock_migrations(gate: DsqlGate) -> str:
    call_command("migrate", verbosity=0)
    return f"applied, {len(gate.control.refused_statements())} refusals"


@question("`migrate` killed after a dozen statements, and run again")
def resumed(gate: DsqlGate) -> str:
    count = 0

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        result = execute(sql, params, many, context)
        count += sql.startswith(("CREATE", "ALTER"))
        if count == KILLED_AFTER:
            raise KeyboardInterrupt
        return result

    with contextlib.suppress(KeyboardInterrupt), connection.execute_wrapper(kill):
        call_command("migrate", verbosity=0)
    connection.close()
    call_command("migrate", verbosity=0)
    return "completes"


@question("a foreign key to an AutoField")
def foreign_keys(gate: DsqlGate) -> str:
    make_tables()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(data_type, ' to ' ORDER BY column_name DESC)"
            " FROM information_schema.columns"
            " WHERE (table_name, column_name) IN (('t_owner', 'id'), ('t_car', 'owner_id'))"
        )
        return str(cursor.fetchone()[0])


@question("a unique index when the schema editor returns")
def unique_index(gate: DsqlGate) -> str:
    gate.control.set_job_seconds(1)
    make_tables()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 't_car'::regclass"
        )
        return "built" if cursor.fetchone()[0] else "still being built"


@question("AddField, NOT NULL with a default")
def add_field(gate: DsqlGate) -> str:
    _owner, car = make_tables()
    field = models.IntegerField(default=3)
    field.set_attributes_from_name("doors")
    with connection.schema_editor() as editor:
        editor.add_field(car, field)
    return "added, filled and required"


@question("an inner `atomic()` that fails and is caught")
def inner_atomic(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    with transaction.atomic():
        owner._default_manager.create(name="kept")
        with contextlib.suppress(IntegrityError), transaction.atomic():
            owner._default_manager.create(name=None)
    return f"no error, {owner._default_manager.count()} of 1 rows stored"


@question("an INSERT that meets OC000 twice")
def conflict(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    gate.control.fail_commits(2)
    owner._default_manager.create(name="a")
    return f"stored {owner._default_manager.count()} time"


@question("20 threads that add 1 to the same row, three times each")
def hot_row(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    owner._default_manager.create(name="0")

    def add() -> None:
        row = owner._default_manager.get()
        row.name = str(int(row.name) + 1)
        row.save()

    def write() -> int:
        try:
            return sum(succeeds(attempted(add)) for _ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = sum(pool.map(lambda _: write(), range(WRITERS)))
    return (
        f"{acknowledged} of {3 * WRITERS} acknowledged, {owner._default_manager.get().name} added"
    )


def attempted(function: Callable[[], None]) -> Callable[[], None]:
    """The function as a transaction, the way its engine has it; the peer has no retries."""
    if connection.settings_dict["ENGINE"] == "dbauth.dsql":
        return retried(function)
    return transaction.atomic(function)


def succeeds(function: Callable[[], object]) -> bool:
    try:
        function()
    except Error:
        return False
    return True


@question("an INSERT whose COMMIT loses its reply")
def lost_reply(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    gate.control.fail_commits(1, "lost-reply")
    stored = succeeds(lambda: owner._default_manager.create(name="a"))
    connection.close()
    return (
        f"{'acknowledged' if stored else 'an error'}, stored {owner._default_manager.count()} time"
    )


@question("`loaddata` of 3,100 objects")
def fixture(gate: DsqlGate) -> str:
    from django.contrib.sessions.models import Session  # known once Django is configured

    with connection.schema_editor() as editor:
        editor.create_model(Session)
    fields = {"session_data": "", "expire_date": "2026-01-01T00:00:00Z"}
    objects = [
        {"model": "sessions.session", "pk": str(number), "fields": fields} for number in range(3100)
    ]
    sys.stdin = io.StringIO(json.dumps(objects))
    call_command("loaddata", "-", format="json", verbosity=0)
    return f"{Session.objects.count():,} stored"


@question("`UniqueConstraint` with a condition")
def partial_index(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    constraint = models.UniqueConstraint(
        fields=["name"], condition=models.Q(name__gt=""), name="named"
    )
    with connection.schema_editor() as editor:
        editor.add_constraint(owner, constraint)
    return "added"


@question("a read after someone else's DDL (OC001)")
def stale_catalog(gate: DsqlGate) -> str:
    owner, _car = make_tables()
    gate.control.set_catalog_conflicts()
    gate.execute("CREATE TABLE t_other (id bigint)")
    return f"answered: {owner._default_manager.count()} rows"


@question("emptying tables, as `flush` does")
def flush(gate: DsqlGate) -> str:
    make_tables()
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), ["t_car", "t_owner"]))
    return "works"


@question("`createcachetable`")
def cache_table(gate: DsqlGate) -> str:
    call_command("createcachetable", "t_cache", verbosity=0)
    return "works"


@question("AutoField of the process's other databases")
def other_databases(gate: DsqlGate) -> str:
    connection.ensure_connection()
    changed = "rel_db_type" in vars(models.AutoField) and (
        models.AutoField.rel_db_type.__module__ != "django.db.models.fields"
    )
    return "changed to UUIDs" if changed else "as Django made it"


def make_tables() -> tuple[Any, Any]:
    class Owner(models.Model):  # noqa: DJ008 - nobody prints it
        name = models.CharField(max_length=9)

        class Meta:
            app_label = "t"

    class Car(models.Model):  # noqa: DJ008 - nobody prints it
        owner = models.ForeignKey(Owner, models.CASCADE)
        name = models.CharField(max_length=9)

        class Meta:
            app_label = "t"
            unique_together = [("owner", "name")]

    with connection.schema_editor() as editor:
        editor.create_model(Owner)
        editor.create_model(Car)
    return Owner, Car


def answers(name: str) -> Iterator[str]:
    """Ask one engine everything, each time on an empty database."""
    with running_postgresql() as server:
        for number, ask in enumerate(QUESTIONS.values()):
            with running_dsql_gate(server, database=server.create_database(f"q{number}")) as gate:
                yield in_a_process(partial(answer, name, gate, ask))


def answer(name: str, gate: DsqlGate, ask: Question) -> str:
    os.environ.update(gate.environment())
    database = {
        "NAME": "postgres",
        "USER": "admin",
        "HOST": gate.host,
        "PORT": gate.port,
        "OPTIONS": {
            "hostaddr": "127.0.0.1",
            "sslmode": "verify-full",
            "sslrootcert": str(gate.ca),
        },
    }
    settings.configure(
        DATABASES={"default": database | ENGINES[name]},
        INSTALLED_APPS=[*APPS, *(["dbauth"] if name.startswith("dbauth") else [])],
        SILENCED_SYSTEM_CHECKS=["admin.E403", "admin.E408", "admin.E409", "admin.E410"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    try:
        return ask(gate)
    except Error as error:
        # The advice of later sentences does not fit into a table.
        sentence = re.split(r"(?<!\.)\. (?=[A-Z])", str(error).splitlines()[0])[0]
        return f"{type(error).__name__}: {sentence}"
    except TypeError as error:
        return f"TypeError: {error}"


def in_a_process(call: Callable[[], str]) -> str:
    """Django is configured once in a process, so each question gets one."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, call().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return text or "the process died"


def main() -> None:
    columns = [
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.dsql_dialect", name],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                timeout=600,
            ).stdout.splitlines()[-1]
        )
        for name in ENGINES
    ]
    print("| | " + " | ".join(ENGINES) + " |")
    print("|---|" + "---|" * len(ENGINES))
    for row in zip(QUESTIONS, *columns, strict=True):
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(list(answers(sys.argv[1]))))
    else:
        main()
