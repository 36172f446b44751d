"""The steps in their order, and the walk through them."""

import contextlib
import logging
import time
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from dbauth.base import DatabaseWrapper
from dbauth.deadline import deadline
from dbauth.doctor import configuration, credentials, network, rights, signin, tls, trial
from dbauth.doctor.case import Case
from dbauth.doctor.finding import Finding, StepError
from dbauth.sqlstates import sqlstate

# libpq counts whole seconds, and dbauth may connect twice.
CONNECT_SECONDS = 3
QUERY_SECONDS = 3

REMEDIES = {
    "42501": "As an administrator, grant it; the step `role` lists what the tables need.",
    "25006": "HOST leads to a reader: set it to the writer's endpoint (without `-ro-`).",
}
UNKNOWN = "The server's log says more."


class Step(NamedTuple):
    """`run` says what it found or raises StepError; `applies` whether it makes sense here."""

    name: str
    run: Callable[[Case], str]
    applies: Callable[[Case], bool]
    queries: bool = False


def _always(case: Case) -> bool:
    return True


def _iam(case: Case) -> bool:
    return case.uses_iam


def _remote(case: Case) -> bool:
    return case.is_remote


def _postgresql(case: Case) -> bool:
    return case.is_postgresql


STEPS = (
    Step("settings", configuration.settings, _always),
    Step("region", configuration.region, _iam),
    Step("credentials", credentials.credentials, _iam),
    Step("name", network.name, _remote),
    Step("tcp", network.tcp, _remote),
    Step("tls", tls.tls, _remote),
    Step("token", credentials.token, _iam),
    Step("login", signin.login, _always),
    Step("role", rights.role, _postgresql, queries=True),
    Step("schema", rights.schema, _postgresql, queries=True),
    Step("migrations", rights.migrations, _always, queries=True),
    Step("write", trial.write, _always, queries=True),
    Step("clock", trial.clock, _postgresql, queries=True),
    Step("round-trip", trial.round_trip, _always, queries=True),
)


def examine(connection: BaseDatabaseWrapper) -> Generator[Finding]:
    """A finding for each step, up to the first that fails.

    Bounded to about 20 s. The connection itself is left alone: the steps use one of their own.
    """
    own = connection.copy()
    if own.vendor == "postgresql":
        _limit(own)
    case = Case(own)
    try:
        for step in STEPS:
            if not step.applies(case):
                continue
            # For the step alone: between two, and after the last that somebody asks for, the
            # process is as it was.
            with _quiet(), _standing_in(own):
                finding = _finding(step, case)
            yield finding
            if not finding.ok:
                return
    finally:
        own.close()


def _finding(step: Step, case: Case) -> Finding:
    started = time.perf_counter()

    def elapsed() -> float:
        return round((time.perf_counter() - started) * 1000, 1)

    try:
        with _bounded(step, case):
            detail = step.run(case)
    except StepError as failure:
        return Finding(step.name, False, elapsed(), cause=failure.cause, remedy=failure.remedy)
    except DatabaseError as error:
        remedy = REMEDIES.get(sqlstate(error) or "", UNKNOWN)
        return Finding(step.name, False, elapsed(), cause=str(error).strip(), remedy=remedy)
    return Finding(step.name, True, elapsed(), detail)


def _bounded(step: Step, case: Case) -> contextlib.AbstractContextManager[None]:
    """A limit for steps that ask the server; SQLite has no socket that could hang."""
    if step.queries and case.is_postgresql:
        return deadline(case.connection.connection, case.seconds(QUERY_SECONDS))
    return contextlib.nullcontext()


@contextlib.contextmanager
def _standing_in(own: BaseDatabaseWrapper) -> Iterator[None]:
    """Put a copy under the connection's alias, where Django's migrations look for it."""
    before = connections[own.alias]
    connections[own.alias] = own
    try:
        yield
    finally:
        connections[own.alias] = before


def _limit(connection: BaseDatabaseWrapper) -> None:
    """Let connecting take CONNECT_SECONDS at most; what is no number, other steps find."""
    options = connection.settings_dict["OPTIONS"]
    given = options.get("connect_timeout", CONNECT_SECONDS)
    # libpq takes 0 for "no limit"; dbauth's own checks refuse it, and so does `settings`.
    endless = not isinstance(connection, DatabaseWrapper) and str(given) == "0"
    with contextlib.suppress(TypeError, ValueError):
        if endless or float(given) >= CONNECT_SECONDS:
            options["connect_timeout"] = CONNECT_SECONDS


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what others log of the same steps out of the report, and JSON readable."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)
