"""What was set by hand outlives an update; what the settings name is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import botocore.session
import pytest

from carsite.deploy import by_hand
from tests.carsite.deploy.cloud import PROJECT, Cloud, running_cloud

pytestmark = pytest.mark.timeout(900)

FUNCTION = f"{PROJECT}-dsql"
KEY = "arn:aws:kms:us-east-1:123456789012:key/mine"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:tracer:3"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:requests"
POLICY = """{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["arn:aws:sns:us-east-1:1:t"]}
]}"""
# Lambda's answer; moto forgets most of it.
FOUND: dict[str, Any] = {
    "Configuration": {
        "KMSKeyArn": KEY,
        "Layers": [{"Arn": LAYER, "CodeSize": 1}],
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
        "DeadLetterConfig": {"TargetArn": QUEUE},
    },
    "Concurrency": {"ReservedConcurrentExecutions": 16},
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        cloud.give_outputs("dsql", into="dsql", environment="default")
        assert cloud.zappa("deploy", "dsql") == 0
        yield cloud


@pytest.fixture
def cloud(deployed: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The stage deployed; each test has settings of its own."""
    monkeypatch.setattr(deployed, "settings", deepcopy(deployed.settings))
    return deployed


def test_what_lambda_has_becomes_zappas_settings() -> None:
    assert by_hand.of_function(FOUND) == {
        "aws_kms_key_arn": KEY,
        "layers": [LAYER],
        "xray_tracing": True,
        "ephemeral_storage": {"Size": 1024},
        "dead_letter_arn": QUEUE,
    }


def test_a_function_that_nobody_changed_gets_zappas_defaults() -> None:
    untouched = {"Configuration": {"TracingConfig": {"Mode": "PassThrough"}}}
    assert by_hand.of_function(untouched) == {
        "aws_kms_key_arn": "",
        "layers": [],
        "xray_tracing": False,
        "ephemeral_storage": {"Size": 512},
        "dead_letter_arn": "",
    }
    assert by_hand.of_gateway({})["cloudwatch_log_level"] == "OFF"


def test_updates_keep_it_and_the_role_may_use_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cloud.client("lambda")
    sent: list[dict[str, Any]] = []
    zappas = botocore.session.Session.create_client

    def create_client(session: Any, service: str, *arguments: Any, **options: Any) -> Any:
        """One whose GetFunction answers what moto forgets, and which notes what Zappa sets."""
        made = zappas(session, service, *arguments, **options)
        if service == "lambda":
            made.meta.events.register("after-call.lambda.GetFunction", add)
            made.meta.events.register(
                "provide-client-params.lambda.UpdateFunctionConfiguration", note
            )
        return made

    def add(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Configuration"].update(FOUND["Configuration"])
        reserved = client.get_function_concurrency(FunctionName=FUNCTION)
        parsed["Concurrency"] = {key: reserved[key] for key in FOUND["Concurrency"]}

    def note(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        sent.append(params)
        return {**params, "Layers": []}  # this one does not exist

    monkeypatch.setattr(botocore.session.Session, "create_client", create_client)
    for concurrency in (16, 0):
        client.put_function_concurrency(
            FunctionName=FUNCTION, ReservedConcurrentExecutions=concurrency
        )
        assert cloud.zappa("update", "dsql") == 0
        found = client.get_function_concurrency(FunctionName=FUNCTION)
        assert found["ReservedConcurrentExecutions"] == concurrency
    for params in sent:
        assert params["KMSKeyArn"] == KEY
        assert params["Layers"] == [LAYER]
        assert params["TracingConfig"] == {"Mode": "Active"}
        assert params["EphemeralStorage"] == {"Size": 1024}
    assert len(sent) == 2
    policy = cloud.client("iam").get_role_policy(
        RoleName=f"{FUNCTION}-execution", PolicyName="zappa-permissions"
    )["PolicyDocument"]
    actions = {action for each in policy["Statement"] for action in each["Action"]}
    assert {"kms:Decrypt", "xray:PutTraceSegments", "sqs:SendMessage"} <= actions


def test_the_settings_win_over_it(cloud: Cloud) -> None:
    client = cloud.client("lambda")
    client.put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=16)
    cloud.settings["dsql"]["lambda_concurrency"] = 8
    assert cloud.zappa("update", "dsql") == 0
    assert client.get_function(FunctionName=FUNCTION)["Concurrency"] == {
        "ReservedConcurrentExecutions": 8
    }
    cloud.settings["dsql"]["lambda_concurrency"] = None
    assert cloud.zappa("update", "dsql") == 0
    assert "Concurrency" not in client.get_function(FunctionName=FUNCTION)


def test_terraforms_concurrency_is_set_and_set_again(cloud: Cloud) -> None:
    client = cloud.client("lambda")
    for bound in (320, 20):
        cloud.give_outputs("dsql", into="dsql", environment="default", lambda_concurrency=bound)
        for _ in range(2):
            assert cloud.zappa("update", "dsql") == 0
            found = client.get_function_concurrency(FunctionName=FUNCTION)
            assert found["ReservedConcurrentExecutions"] == bound
    cloud.give_outputs("dsql", into="dsql", environment="default")


def test_terraforms_throttling_is_set_and_stays(cloud: Cloud) -> None:
    limits = {"rate": 20.5, "burst": 40}
    for throttling in (limits, None):
        cloud.give_outputs("dsql", into="dsql", environment="default", throttling=throttling)
        assert cloud.zappa("update", "dsql") == 0
        gateway = cloud.client("apigateway")
        (api,) = gateway.get_rest_apis()["items"]
        found = gateway.get_stage(restApiId=api["id"], stageName="dsql")["methodSettings"]["*/*"]
        assert (found["throttlingRateLimit"], found["throttlingBurstLimit"]) == (20.5, 40)


def test_gateway_role_and_tags_stay(cloud: Cloud) -> None:
    gateway = cloud.client("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    where = {"restApiId": api["id"], "stageName": "dsql"}
    for path, value in {
        "/*/*/logging/loglevel": "INFO",
        "/*/*/metrics/enabled": "true",
        "/*/*/throttling/rateLimit": "7",
        "/accessLogSettings/destinationArn": LOG_GROUP,
        "/accessLogSettings/format": "$context.requestId",
    }.items():
        change = {"op": "replace", "path": path, "value": value}
        gateway.update_stage(**where, patchOperations=[change])
    iam, role = cloud.client("iam"), f"{FUNCTION}-execution"
    iam.put_role_permissions_boundary(
        RoleName=role, PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess"
    )
    iam.put_role_policy(RoleName=role, PolicyName="mine", PolicyDocument=POLICY)
    arn = cloud.client("lambda").get_function(FunctionName=FUNCTION)["Configuration"]["FunctionArn"]
    cloud.client("lambda").tag_resource(Resource=arn, Tags={"team": "cars"})
    before = iam.get_role(RoleName=role)["Role"]

    assert cloud.zappa("update", "dsql") == 0
    stage = gateway.get_stage(**where)
    methods = stage["methodSettings"]["*/*"]
    assert (methods["loggingLevel"], methods["metricsEnabled"]) == ("INFO", True)
    assert methods["throttlingRateLimit"] == 7
    assert stage["accessLogSettings"] == {
        "destinationArn": LOG_GROUP,
        "format": "$context.requestId",
    }
    assert iam.get_role(RoleName=role)["Role"] == before
    assert "PermissionsBoundary" in before
    assert set(iam.list_role_policies(RoleName=role)["PolicyNames"]) == {
        "mine",
        "zappa-permissions",
    }
    assert cloud.client("lambda").list_tags(Resource=arn)["Tags"] == {"team": "cars"}
