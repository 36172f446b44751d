"""Step `login`: the connection itself, through Django, and what a refusal means."""

import re
from typing import NamedTuple

from django.db import DatabaseError

from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError

NOT_A_MEMBER = """\
As an administrator:  SELECT rolname FROM pg_roles WHERE rolname = '{user}';
no row, no role:      CREATE USER "{user}";
then, in any case:    GRANT rds_iam TO "{user}";"""


class Diagnosis(NamedTuple):
    """What a server's words mean; "{user}" and "{database}" are filled in."""

    words: re.Pattern[str]
    cause: str
    remedy: str


def _diagnosis(words: str, cause: str, remedy: str) -> Diagnosis:
    return Diagnosis(re.compile(words, re.IGNORECASE), cause, remedy)


# For every engine. The first that matches is taken.
COMMON = (
    _diagnosis(
        r"waking up|starting up|not yet accepting",
        "The database is waking up or starting.",
        "Nothing is wrong: run this again in half a minute.",
    ),
    _diagnosis(
        r"timeout expired|timed out",
        "The server speaks TLS, but does not finish signing in: a time-out.",
        "It is overloaded, or about to fail over. Look at its CPU and connections in CloudWatch.",
    ),
    _diagnosis(
        r"rate exceeded",
        "More clients connect at once than DSQL admits: 100 a second after a burst of 1,000.",
        "Wait a minute. Keep connections open (CONN_MAX_AGE), and lower reserved concurrency.",
    ),
    _diagnosis(
        r"too many (clients|(open )?connections)|connection slots",
        "The database has no connection left.",
        "Lower the functions' reserved concurrency, or raise the capacity; each keeps one open.",
    ),
    _diagnosis(
        r'database ".*" does not exist',
        'There is no database "{database}".',
        'Correct NAME, or as an administrator: CREATE DATABASE "{database}"',
    ),
    _diagnosis(
        r"permission denied for database",
        'The role "{user}" may not connect to "{database}".',
        'As an administrator: GRANT ALL PRIVILEGES ON DATABASE "{database}" TO "{user}"',
    ),
    _diagnosis(
        r"sni",
        "The server knows no cluster by the name that it was asked for.",
        "Set HOST to the cluster's own name (ID.dsql.REGION.on.aws, or dsql-xxxx with a VPC "
        'endpoint); a vpce- name needs OPTIONS["cluster"].',
    ),
)
PASSWORD = (
    _diagnosis(
        r"password authentication failed|no password supplied",
        'User "{user}" does not exist, or the password is another one.',
        "Compare USER and PASSWORD with those that the database was made with; in a URL, special "
        "characters of a password are percent-encoded.",
    ),
)
IAM = (
    _diagnosis(
        r"signature expired",
        "The token has expired for the server: this machine's clock is wrong.",
        "Compare `date -u` with the true time, and let NTP set the clock.",
    ),
    _diagnosis(
        r"password authentication failed",
        'The server did not ask IAM at all: there is no role "{user}", or it lacks rds_iam.',
        NOT_A_MEMBER,
    ),
)
# What a refusal of the token means where nothing above says more.
REFUSED = "The server refused the token of {user}: a missing permission, most likely."
REFUSED_BY_DSQL = (
    "The server refused {user}: the permission is missing, or the role or its mapping."
)


def login(case: Case) -> str:
    """The server lets the role in."""
    connection = case.connection
    # The address that answered: libpq would try all of them, each for as long as it may.
    if case.addresses:
        case.options.setdefault("hostaddr", case.addresses[0])
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise _explained(case, str(error).strip()) from None
    if not case.is_postgresql:
        return "opened"
    version = connection.connection.info.server_version // 10000
    return f"signed in as {case.settings['USER']}; PostgreSQL {version}"


def _explained(case: Case, text: str) -> StepError:
    advice = case.login.refusal_advice() if case.uses_iam else ""
    words = text.split(advice, maxsplit=1)[0].strip() if advice else text
    fields = {"user": case.settings["USER"], "database": case.settings["NAME"]}
    for diagnosis in (*(IAM if case.uses_iam else PASSWORD), *COMMON):
        if diagnosis.words.search(words):
            cause = f"{diagnosis.cause.format(**fields)} ({_last_line(words)})"
            return StepError(cause, diagnosis.remedy.format(**fields))
    if advice and text != words:
        caller = f"\n- this process is {case.caller}" if case.caller else ""
        # DSQL has the same words for all of these; Aurora asks IAM for members of rds_iam alone.
        template = REFUSED_BY_DSQL if "access denied" in words else REFUSED
        return StepError(f"{template.format(**fields)} ({_last_line(words)})", advice + caller)
    first, *rest = words.splitlines()
    return StepError(first, "\n".join(rest) or "The server's log says more.")


def _last_line(words: str) -> str:
    """What the server said last: libpq puts the address before it."""
    return words.splitlines()[-1].rpartition("FATAL:")[2].strip()
