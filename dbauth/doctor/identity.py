"""Whose credentials these are, by AWS's own word: GetCallerIdentity, which needs no permission.

The request is presigned like a token, so boto3 is not needed.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

import os
import re
import ssl
import time
import urllib.error
import urllib.request

from dbauth.deadline import within
from dbauth.iam.credentials import Credentials
from dbauth.iam.endpoints import partition_of
from dbauth.iam.roots import public_file
from dbauth.iam.signing import TokenRequest, sign

SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}
PARAMETERS = (("Action", "GetCallerIdentity"), ("Version", "2011-06-15"))


class RefusedByAWSError(Exception):
    """AWS does not take the credentials; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def identity(credentials: Credentials, region: str, seconds: float) -> str:
    """The ARN of their owner; raises RefusedByAWSError, and OSError where STS cannot be reached."""
    scheme, _, host = _endpoint(region).partition("://")
    request = TokenRequest("sts", region, host, PARAMETERS)
    url = f"{scheme}://{sign(request, credentials, time.time())}"
    answer = within(seconds, lambda: _get(url, seconds))
    if arn := re.search(r"<Arn>(.+?)</Arn>", answer):
        return arn[1]
    # The code alone: a message of STS's may quote the request, and with it the session token.
    code = re.search(r"<Code>(\w+)</Code>", answer)
    raise RefusedByAWSError(code[1] if code else "no answer that STS would give")


def _endpoint(region: str) -> str:
    # The variables by which AWS's tools are led to another endpoint.
    named = os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")
    suffix = SUFFIXES.get(partition_of(region), "amazonaws.com")
    return (named or f"https://sts.{region}.{suffix}").rstrip("/")


def _get(url: str, seconds: float) -> str:
    if not url.startswith(("https://", "http://")):
        raise OSError("AWS_ENDPOINT_URL is no URL")
    # AWS_ENDPOINT_URL may lead to a host with any public or company's certificate. Amazon's roots
    # are for systems that have none where OpenSSL looks.
    context = ssl.create_default_context()
    context.load_verify_locations(public_file())
    try:
        with urllib.request.urlopen(url, timeout=seconds, context=context) as answer:  # noqa: S310 - checked above
            body: bytes = answer.read()
    except urllib.error.HTTPError as refusal:
        body = refusal.read()
    return body.decode(errors="replace")
