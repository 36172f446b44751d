"""A role that Lambda does not know yet is waited for; whatever else it refuses is not."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from carsite import zappa_hooks
from carsite.deploy import young_role
from tests.carsite.deploy.fake_zappa import zappa

ASSUMED = "The role defined for the function cannot be assumed by Lambda."
INTERFACE = (
    "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
)


def lambda_client(*refusals: str) -> tuple[Any, list[str]]:
    """A client whose calls are refused with these words, one after the other, then answered."""
    client = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    left, called = list(refusals), []

    def answer(request: Any, **_: Any) -> AWSResponse:
        called.append(request.url)
        body = f'{{"message": "{left.pop(0)}"}}' if left else '{"FunctionArn": "arn"}'
        status = 400 if "message" in body else 200
        headers = {"x-amzn-ErrorType": "InvalidParameterValueException"}
        response = AWSResponse(request.url, status, headers, None)
        response._content = body.encode()
        return response

    client.meta.events.register("before-send.lambda", answer)
    young_role.wait(client, pause=0)
    return client, called


def create(client: Any) -> str:
    code = {"ZipFile": b""}
    role = "arn:aws:iam::123456789012:role/new"
    return str(client.create_function(FunctionName="cars", Role=role, Code=code)["FunctionArn"])


@pytest.mark.parametrize("refusal", [ASSUMED, INTERFACE])
def test_a_young_role_is_waited_for(refusal: str, capsys: pytest.CaptureFixture[str]) -> None:
    client, called = lambda_client(refusal, refusal, refusal)
    assert create(client) == "arn"
    assert len(called) == 4
    assert capsys.readouterr().out.count("The role is new") == 1


def test_an_update_to_a_young_role_waits_too() -> None:
    client, called = lambda_client(ASSUMED)
    client.update_function_configuration(FunctionName="cars")
    assert len(called) == 2


def test_what_lambda_refuses_otherwise_is_an_error_at_once() -> None:
    client, called = lambda_client("The subnet ID subnet-1 does not exist")
    with pytest.raises(ClientError, match="subnet-1 does not exist"):
        create(client)
    assert len(called) == 1


def test_a_role_that_is_never_known_is_an_error_in_the_end() -> None:
    client, called = lambda_client(*[ASSUMED] * 100)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        create(client)
    assert len(called) == young_role.ATTEMPTS


@pytest.mark.usefixtures("outputs_file")
@pytest.mark.parametrize("command", ["deploy", "update"])
def test_every_command_that_may_make_a_role_waits_for_it(command: str) -> None:
    cli = zappa("dsql", command)
    zappa_hooks.settings(cli)
    assert set(cli.zappa.lambda_client.handlers) == {
        f"needs-retry.lambda.{operation}" for operation in young_role.OPERATIONS
    }
