"""Invocations that are not HTTP: `zappa manage`, `zappa invoke`, schedules, queues.

Zappa's own handler runs all but management commands. It imports boto3 and werkzeug, hence this
module is imported when the first such event comes.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any, TextIO

from django.core.management import CommandError, call_command
from django.db import connections

from carsite.serverless import logs

Event = dict[str, Any]

# What Zappa knows by its form alone; any other event has to be claimed by a function.
INVOKED = ("command", "raw_command")
# `zappa manage` prints what Lambda hands back of the log: the last 4 KB.
SHOWN_BYTES = 4096
NO_INPUT = {"--noinput", "--no-input"}


class UnhandledEventError(Exception):
    """Raised, so that Lambda retries the event, or keeps it, and counts an error."""


def run(event: Any, context: Any) -> Any:
    """Handle an event that is not HTTP. What fails is raised: the caller learns it, and why."""
    # Nothing set it since the last request, whose id it would carry.
    logs.request_id.set(getattr(context, "aws_request_id", "-"))
    if not isinstance(event, dict):
        raise UnhandledEventError(f"Nothing handles {type(event).__name__}: an event is an object.")
    if _is_keep_warm(event):
        return None  # and the connection stays open: that is what is kept warm
    try:
        return manage(event["manage"]) if "manage" in event else _by_zappa(event, context)
    except SystemExit as exit_:
        if exit_.code in {None, 0}:
            return {}
        # Left alone it would end the process, and the caller would not learn why.
        raise RuntimeError(f"The command ended with exit code {exit_.code}.") from exit_
    finally:
        connections.close_all()  # no request does it afterwards, and Lambda freezes the process


def manage(line: str) -> dict[str, Any]:
    """Run a management command, split as a shell splits it. Raises CommandError."""
    try:
        name, *arguments = shlex.split(line) or ["help"]
    except ValueError as error:
        raise CommandError(f"The command cannot be read: {error}.") from error
    if name == "createsuperuser" and NO_INPUT.isdisjoint(arguments):
        raise CommandError(
            "createsuperuser asks questions, and a function has no terminal. Add --noinput,"
            " --username and --email; the password is the variable DJANGO_SUPERUSER_PASSWORD."
        )
    with _counted_output():
        try:
            call_command(name, *arguments)
        except EOFError as error:
            raise CommandError(
                f"{name} asks a question, and a function has no terminal. Answer it by an option"
                " (often --noinput)."
            ) from error
    return {}


def _by_zappa(event: Event, context: Any) -> Any:
    from zappa.handler import LambdaHandler

    handler = LambdaHandler()
    if not _is_claimed(handler, event):
        raise UnhandledEventError(
            f"Nothing handles {_described(event)}. Name a function for it in `events` of"
            " zappa_settings.json and deploy again, or remove the trigger."
        )
    return LambdaHandler.lambda_handler(event, context)


def _is_claimed(handler: Any, event: Event) -> bool:
    """Whether Zappa will find a function; where it does not, it logs that and reports success."""
    if event.get("type") == "TOKEN" or any(event.get(key) for key in INVOKED):
        return True
    claims: dict[str, Callable[[], Any]] = {
        "Records": lambda: handler.get_function_for_aws_event(event["Records"][0]),
        "detail-type": lambda: "." in (event.get("resources") or [""])[0].split("/")[-1],
        "bot": lambda: handler.get_function_from_bot_intent_trigger(event),
        "triggerSource": lambda: handler.get_function_for_cognito_trigger(event["triggerSource"]),
        "requestContext": lambda: _websocket_function(event),
    }
    return any(event.get(key) and claim() for key, claim in claims.items())


def _websocket_function(event: Event) -> Any:
    # Not by an import statement: Zappa looks for one in the project, and then deploys a WebSocket
    # API for it.
    routes = import_module("zappa.websocket")
    return routes.get_handler(event["requestContext"].get("routeKey", ""))


def _is_keep_warm(event: Event) -> bool:
    return event.get("detail-type") == "Scheduled Event" and any(
        str(resource).endswith("keep_warm_callback") for resource in event.get("resources", ())
    )


def _described(event: Event) -> str:
    """Where the event is from, as far as it says; never what is in it."""
    if event.get("Records"):
        record = event["Records"][0]
        source = record.get("eventSource") or record.get("EventSource")
        return f"records of {source} ({record.get('eventSourceARN', 'no ARN')})"
    context = event.get("requestContext")
    if isinstance(context, dict) and "routeKey" in context:
        return f"the WebSocket route {context['routeKey']}"
    if "detail-type" in event:
        return f"the event '{event['detail-type']}' of {event.get('source', 'nobody')}"
    return f"an event with the keys {sorted(event)}"


class _Counted:
    """A stream that knows how much was written to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.bytes = 0

    def write(self, text: str) -> int:
        self.bytes += len(text.encode(errors="replace"))
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _counted_output() -> Iterator[None]:
    """Say at the end that the output was cut, where it is longer than Lambda hands back."""
    output, errors = _Counted(sys.stdout), _Counted(sys.stderr)
    try:
        with redirect_stdout(output), redirect_stderr(errors):
            yield
    finally:
        written = output.bytes + errors.bytes
        if written > SHOWN_BYTES:
            sys.stdout.write(
                f"[{written} bytes in all, of which Lambda hands back the last {SHOWN_BYTES}."
                " The whole is in the function's log: zappa tail]\n"
            )
