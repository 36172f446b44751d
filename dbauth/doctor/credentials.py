"""Steps `credentials` and `token`: who signs, until when, and what."""

import time
from collections.abc import Callable
from typing import TypeVar

from dbauth.deadline import within
from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError
from dbauth.doctor.identity import RefusedByAWSError, identity
from dbauth.iam.credentials import Credentials, CredentialsError, CredentialSource
from dbauth.iam.signing import TOKEN_LIFETIME

Provided = TypeVar("Provided")

STS_SECONDS = 3
PROVIDER_SECONDS = 5
LOOK = (
    "`aws sts get-caller-identity` shows the same; `aws configure list` shows where they come from."
)
RENEW = (
    "Renew them: `aws login` or `aws sso login` with the profile, or export new AWS_* variables. "
    "In Lambda the service renews them: there, look for AWS_* variables that a deployment has set."
)
REFUSALS = {
    "ExpiredToken": ("have expired", RENEW),
    "ExpiredTokenException": ("have expired", RENEW),
    "InvalidClientTokenId": (
        "are unknown to AWS: deleted, disabled, or without their AWS_SESSION_TOKEN",
        RENEW,
    ),
    "SignatureDoesNotMatch": (
        "were refused: the secret key is not this key's, or this machine's clock is wrong",
        "Compare `date -u` with the true time; then copy both keys again.",
    ),
}


def credentials(case: Case) -> str:
    """There are credentials, they have not ended, and AWS knows them where it can be asked."""
    found = _provided(case, CredentialSource().load)
    now = time.time()
    if found.expires_at is not None and found.expires_at <= now:
        raise StepError(
            f"The credentials {found.access_key} ended at {_utc(found.expires_at)} UTC.", RENEW
        )
    until = f"until {_utc(found.expires_at)} UTC" if found.expires_at else "with no known end"
    return f"{found.access_key} {until}; {_whose(case, found)}"


def _whose(case: Case, found: Credentials) -> str:
    try:
        case.caller = identity(found, case.login.region, case.seconds(STS_SECONDS))
    except RefusedByAWSError as error:
        if error.code in REFUSALS:
            what, remedy = REFUSALS[error.code]
            cause = f"The credentials {found.access_key} {what} (STS: {error.code})."
            raise StepError(cause, remedy) from None
        return f"whose they are, STS would not say ({error.code})"
    except OSError:
        # Usual in a VPC without a NAT gateway, and no fault: tokens are signed locally.
        return "whose they are, nobody could say: STS is out of reach from here"
    return f"they are {case.caller}"


def token(case: Case) -> str:
    """A token is signed; this asks nobody."""
    request = case.login.token_request
    signed = _provided(case, lambda: case.wrapper.tokens.get(request))
    until = _utc(signed.issued_at + TOKEN_LIFETIME)
    return f"signed for {request.service} at {request.host}, good until {until} UTC"


def _provided(case: Case, ask: Callable[[], Provided]) -> Provided:
    """What `ask` gives; boto3 may have to go to a metadata service or to SSO for it."""
    try:
        return within(case.seconds(PROVIDER_SECONDS), ask)
    except CredentialsError as error:
        raise StepError(str(error), LOOK) from None
    except TimeoutError:
        cause = (
            f"Where boto3 gets its credentials from, nobody answers within {PROVIDER_SECONDS} s."
        )
        raise StepError(cause, LOOK) from None


def _utc(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(when))
