"""Steps `settings` and `region`: what can be judged without asking anybody."""

from django.core.exceptions import ImproperlyConfigured

from dbauth.checks import DatabaseValidation
from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError
from dbauth.errors import MisconfiguredError

# The id of everything that is wrong with the region, which is a step of its own.
REGION = "E003"


def settings(case: Case) -> str:
    """The entry of DATABASES makes sense: what `manage.py check` asks for."""
    try:
        _read(case)
    except MisconfiguredError as error:
        if error.id == REGION:
            return _summary(case)
        raise StepError(error.problem, f"{error.remedy} (dbauth.{error.id})") from None
    except (ImproperlyConfigured, ValueError) as error:
        raise StepError(str(error), "Correct the entry of settings.DATABASES.") from None
    return "; ".join([_summary(case), *_warnings(case)])


def region(case: Case) -> str:
    """Tokens are signed for the region that the host is in."""
    try:
        login = case.login
    except MisconfiguredError as error:
        raise StepError(error.problem, f"{error.remedy} (dbauth.{error.id})") from None
    source = 'OPTIONS["region"]' if case.options.get("region") else "HOST"
    return f"{login.region}, from {source}"


def _read(case: Case) -> None:
    if case.uses_iam:
        _ = case.login
    if case.is_postgresql:
        _ = case.target


def _warnings(case: Case) -> list[str]:
    """What the engine's own checks say; an error among it is a StepError."""
    validation = case.connection.validation
    if not isinstance(validation, DatabaseValidation):
        return []
    messages = validation.check()
    for message in messages:
        if message.is_serious():
            raise StepError(message.msg, f"{message.hint} ({message.id})")
    return [f"warning {message.id}: {message.msg} {message.hint}" for message in messages]


def _summary(case: Case) -> str:
    entry = case.settings
    if not case.is_postgresql:
        return f"{entry['ENGINE']}: {entry['NAME']}"
    where = f"{entry['HOST'] or 'a local socket'}:{entry['PORT'] or 5432}"
    return f"{entry['ENGINE']}: {entry['USER']} at {where}, database {entry['NAME']}"
