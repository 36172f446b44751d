"""Events that are not HTTP: which are run, which are an error, and what their caller learns."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connections

from carsite.serverless import commands, logs
from carsite.serverless.events import is_http

CONTEXT = SimpleNamespace(aws_request_id="8476a536-e9f4-11e8-9739-2dfe598c3fcd")
SQS = "arn:aws:sqs:us-east-1:123456789012:orders"
S3_RECORD = {
    "eventSource": "aws:s3",
    "s3": {"configurationId": "by-hand", "bucket": {"arn": "arn:aws:s3:::b"}},
}
handled: list[Any] = []


def remember(event: Any, context: Any) -> str:
    handled.append(event)
    return "remembered"


@pytest.fixture(autouse=True)
def zappa(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Zappa's generated settings, as they lie in an archive."""
    settings = ModuleType("zappa_settings")
    values: dict[str, Any] = {
        "DEBUG": False,
        "LOG_LEVEL": "INFO",
        "APP_MODULE": None,
        "APP_FUNCTION": None,
        "PROJECT_NAME": "cars",
        "API_STAGE": "regular",
        "ENVIRONMENT_VARIABLES": {},
        "DJANGO_SETTINGS": "carsite.settings.local",
        "EXCEPTION_HANDLER": None,
        "AWS_EVENT_MAPPING": {SQS: f"{__name__}.remember"},
        "AWS_BOT_EVENT_MAPPING": {},
        "COGNITO_TRIGGER_MAPPING": {},
        "AUTHORIZER_FUNCTION": None,
        "BINARY_SUPPORT": True,
    }
    del values["APP_MODULE"], values["APP_FUNCTION"]
    for name, value in values.items():
        setattr(settings, name, value)
    monkeypatch.setitem(sys.modules, "zappa_settings", settings)
    handled.clear()
    return settings


@pytest.mark.parametrize(
    ("event", "described"),
    [
        ({"Records": [{"eventSource": "aws:sqs", "eventSourceARN": f"{SQS}-2"}]}, "aws:sqs"),
        ({"Records": [S3_RECORD]}, "aws:s3"),
        ({"detail-type": "Object Created", "source": "aws.s3"}, "'Object Created' of aws.s3"),
        ({"requestContext": {"routeKey": "$connect", "eventType": "CONNECT"}}, "WebSocket"),
        ({"triggerSource": "PreSignUp_SignUp"}, "triggerSource"),
        ({}, "keys []"),
        # Any JSON may be invoked: `aws lambda invoke --payload null`.
        (None, "NoneType"),
        ([1], "list"),
    ],
)
def test_an_event_that_nobody_handles_is_an_error(event: Any, described: str) -> None:
    """Success would make a queue delete its message."""
    assert not is_http(event)
    with pytest.raises(commands.UnhandledEventError) as raised:
        commands.run(event, CONTEXT)
    assert described in str(raised.value)


def test_a_message_is_given_to_the_function_that_the_settings_name() -> None:
    event = {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": SQS}]}
    assert commands.run(event, CONTEXT) == "remembered"
    assert handled == [event]


def test_a_message_whose_function_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: Any, context: Any) -> None:
        raise LookupError("no such order")

    monkeypatch.setattr(sys.modules[__name__], "remember", fail)
    with pytest.raises(LookupError):
        commands.run({"Records": [{"eventSource": "aws:sqs", "eventSourceARN": SQS}]}, CONTEXT)


def test_a_keep_warm_ping_keeps_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append(True))
    rule = "arn:aws:events:us-east-1:1:rule/cars-zappa-keep-warm-handler.keep_warm_callback"
    assert commands.run({"detail-type": "Scheduled Event", "resources": [rule]}, CONTEXT) is None
    assert closed == []
    commands.run({"manage": "check"}, CONTEXT)
    assert closed


@pytest.mark.parametrize("line", ["shell -c 'print(6 * 7)'", "shell  -c  'print(6 * 7)'"])
def test_a_command_is_split_as_a_shell_does(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert commands.run({"manage": line}, CONTEXT) == {}
    assert "42" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("shell -c 'print(1)", "No closing quotation"),
        ("createsuperuser", "Add --noinput"),
        ("shell -c 'input()'", "has no terminal"),
    ],
)
def test_a_command_that_cannot_run_says_what_to_do(
    line: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(prompt: str = "") -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with pytest.raises(CommandError, match=message):
        commands.run({"manage": line}, CONTEXT)


def test_an_answer_that_lambda_cuts_is_said_to_be_cut(capsys: pytest.CaptureFixture[str]) -> None:
    commands.manage("shell -c 'print(\"x\" * 5000)'")
    assert capsys.readouterr().out.endswith("zappa tail]\n")
    commands.manage("shell -c 'print(\"x\" * 50)'")
    assert "zappa tail" not in capsys.readouterr().out


def test_the_lines_of_a_command_carry_its_own_id() -> None:
    logs.request_id.set("of-the-request-before")
    commands.run({"manage": "check"}, CONTEXT)
    assert logs.request_id.get() == CONTEXT.aws_request_id
