"""`python -m benchmarks.warm.instructions`: where the interpreter's time of a request goes.

Counted are the instructions that Python executes for one warm request, which no other process of
the machine changes. What C does, the driver and orjson above all, is not in them. An instruction
belongs to the part whose code has called it last: what a middleware has Django's `http` do is the
middleware's. A closed part keeps all that it calls.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.names import CARSITE, FEW, GET_ONE, POST
from benchmarks.report import show
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.database import filled
from benchmarks.warm.variants import Event, Worker, environment, running
from tests.rig.postgresql import running_postgresql

HANDLER = f"{__name__.replace('__main__', 'benchmarks.warm.instructions')}.handler"
VIEW = "REST framework's view: negotiation, authentication, permissions, rendering"
VALIDATION = "REST framework's validation of a body"
DATA = "`serializer.data` of the answer"
QUERY = "the query or the INSERT, with Django's cursor"
DJANGO = "Django's handler and URLs"
SIGNALS = "what Django does at its signals"
EVENTS = "apig-wsgi, and what prepares its events"
LOG = "the line of the request"
MIDDLEWARES = "the other middlewares"
TIME_LIMIT = "the time limit of the invocation"
CLOSED = {VALIDATION, DATA, QUERY, SIGNALS, TIME_LIMIT}

FUNCTIONS = {
    ("rest_framework.serializers", "is_valid"): VALIDATION,
    ("rest_framework.serializers", "data"): DATA,
}
# The longest beginning of a module's name counts; who is not here belongs to their caller.
MODULES = {
    "rest_framework": VIEW,
    "cars": VIEW,
    "carsite.http.authentication": VIEW,
    "carsite.http.json": VIEW,
    "cars.prepared.queries": QUERY,
    "cars.prepared.insert": QUERY,
    "django.db": QUERY,
    "django.core.handlers": DJANGO,
    "django.urls": DJANGO,
    "django.dispatch": SIGNALS,
    "apig_wsgi": EVENTS,
    "carsite.serverless": EVENTS,
    "carsite.serverless.request_log": LOG,
    "logging": LOG,
    "pythonjsonlogger": LOG,
    "carsite.http": MIDDLEWARES,
    "django.middleware": MIDDLEWARES,
    "carsite.serverless.budget": TIME_LIMIT,
    "dbauth.deadline": TIME_LIMIT,
}


class Part:
    """What sys.settrace has for the frames of one part."""

    def __init__(self, name: str) -> None:
        self.name, self.instructions = name, 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> Part:
        self.instructions += event == "opcode"
        return self


def counted(function: Callable[[], object]) -> dict[str, int]:
    """The instructions of each part while the function runs."""
    parts = {name: Part(name) for name in [*FUNCTIONS.values(), *MODULES.values()]}

    def begin(frame: FrameType, event: str, argument: object) -> Part:
        caller = frame.f_back.f_trace if frame.f_back else None
        part = caller if isinstance(caller, Part) else parts[EVENTS]
        if part.name not in CLOSED:
            part = parts.get(_own_part(frame) or "", part)
        # In this order: Python 3.13 looks at the wish of a frame that has a trace function.
        frame.f_trace, frame.f_trace_lines, frame.f_trace_opcodes = part, False, True
        return part

    # From Python 3.12 on no frame's wish is heard unless there was one before tracing begins.
    if this := inspect.currentframe():
        this.f_trace_opcodes = True
    sys.settrace(begin)
    try:
        function()
    finally:
        sys.settrace(None)
    return {name: part.instructions for name, part in parts.items()}


def _own_part(frame: FrameType) -> str | None:
    module = str(frame.f_globals.get("__name__"))
    if part := FUNCTIONS.get((module, frame.f_code.co_name)):
        return part
    while module:
        if module in MODULES:
            return MODULES[module]
        module = module.rpartition(".")[0]
    return None


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """In the worker: the function's answer is what was counted."""
    from carsite import lambda_handler

    return counted(lambda: lambda_handler.handler(event, context))


def measure(worker: Worker, pk: str) -> dict[str, dict[str, int]]:
    """By request, of a worker that runs HANDLER."""
    events: dict[str, Callable[[], Event]] = {
        GET_ONE: lambda: get(f"/cars/{pk}"),
        POST: lambda: post(new_car()),
    }
    for made in events.values():  # what only a first request does is not counted
        worker.call([made() for _ in range(20)])
    return {title: worker.answer(made()) for title, made in events.items()}


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="carsite-instructions-") as name,
        running_postgresql() as server,
        filled(server, Path(name), FEW) as cars,
        running(CARSITE, environment(CARSITE, cars.url, Path(name)), handler=HANDLER) as worker,
    ):
        parts = measure(worker, cars.ids(1)[0])
    totals = {title: sum(each.values()) for title, each in parts.items()}
    rows = [
        [name, *(f"{100 * each[name] / totals[title]:.0f}" for title, each in parts.items())]
        for name in dict.fromkeys([VIEW, *FUNCTIONS.values(), *MODULES.values()])
    ]
    show("Shares of a request's instructions, %", ["", *parts], rows)
    show("Instructions", [*totals], [[f"{total:,}" for total in totals.values()]])


if __name__ == "__main__":
    main()
