"""`python -m benchmarks.warm.worker MODULE.FUNCTION`: a function that stays warm, and a stop watch.

A line of JSON on standard input is a list of events; the line that answers it has, for each,
seconds of CPU of this process, seconds of wall time, and the answer if `answers` asks for it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import uuid
from importlib import import_module
from typing import Any


class Context:
    """Lambda's context, as far as a handler asks for it."""

    function_name = "cars"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:cars"
    memory_limit_in_mb = "256"

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def timed(handler: Any, event: Any) -> tuple[float, float, Any]:
    context = Context()
    wall, cpu = time.perf_counter(), time.process_time()
    answer = handler(event, context)
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def main(name: str) -> None:
    # What the function logs goes where it costs a system call and nobody reads it.
    results = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    # Amazon's runtime has a handler on the root logger before it imports a function.
    logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
    module, _, function = name.rpartition(".")
    handler = getattr(import_module(module), function)
    if "SWITCHED_OFF" in os.environ:  # a module that asks cars.prepared (benchmarks.warm.pieces)
        vars(import_module(os.environ["SWITCHED_OFF"]))["enabled"] = lambda: False
    for line in sys.stdin:
        order = json.loads(line)
        samples = [timed(handler, event) for event in order["events"]]
        if not order["answers"]:
            samples = [(cpu, wall, None) for cpu, wall, _ in samples]
        results.write(json.dumps(samples) + "\n")
        results.flush()


if __name__ == "__main__":
    main(sys.argv[1])
