"""Lambda on this machine: Amazon's own runtime client, fed by a Runtime API of ours.

A function is an unpacked archive. It runs in a fresh process of the base interpreter, without this
environment's packages or its own (-S), with Lambda's variables, and with boto3 beside it as in
Amazon's image. A process that ends is replaced at the next invocation, as Lambda does it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.rig.runtime_api import Invocation, serve

# What Amazon's image has beside the function, as far as this environment has it too.
IMAGE = (
    *("awslambdaric", "runtime_client", "snapshot_restore_py", "simplejson"),
    *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"),
)
INIT_SECONDS = 600  # machines may be busy with other tests


class FunctionError(Exception):
    """What Lambda reports instead of a result: the error's type, message and stack trace."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(f"{payload.get('errorType')}: {payload.get('errorMessage')}")
        self.payload = payload


class Unpacked(Protocol):
    """The folders that a function is made of: its own, and Amazon's packages beside it."""

    @property
    def task(self) -> Path: ...

    @property
    def image(self) -> Path: ...


def make_image(folder: Path) -> Path:
    """A folder for PYTHONPATH with Amazon's packages and no others."""
    folder.mkdir()
    for name in IMAGE:
        spec = importlib.util.find_spec(name)
        assert spec, f"{name} is not installed"
        assert spec.origin
        source = Path(spec.origin)
        if source.name == "__init__.py":
            source = source.parent
        (folder / source.name).symlink_to(source)
    return folder


@dataclass
class Function:
    """A deployed function with one execution environment."""

    name: str
    package: Unpacked
    environment: Mapping[str, str] = field(repr=False)
    log: Path = field(repr=False)
    handler: str = "carsite.lambda_handler.handler"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    init_error: Mapping[str, Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.arn = f"arn:aws:lambda:us-east-1:123456789012:function:{self.name}"
        self._waiting: queue.Queue[Invocation | None] = queue.Queue()
        self._running: dict[str, Invocation] = {}
        self._one_at_a_time = threading.Lock()
        self._server = serve(self)

    @property
    def pid(self) -> int:
        """The process that answered last."""
        if self.process is None:
            raise RuntimeError(f"{self.name} has not been invoked")
        return self.process.pid

    def invoke(self, event: Any) -> Any:
        """The handler's result. Raises FunctionError for what Lambda would report as one."""
        with self._one_at_a_time:
            if self.process is None or self.process.poll() is not None:
                self.start()
            invocation = Invocation(event)
            self._running[invocation.id] = invocation
            self._waiting.put(invocation)
            self._wait(invocation)
        if invocation.error is not None:
            raise FunctionError(invocation.error)
        return invocation.result

    def _wait(self, invocation: Invocation) -> None:
        deadline = time.monotonic() + INIT_SECONDS
        while not invocation.done.wait(0.05):
            assert self.process
            if self.process.poll() is not None:
                self._discard()
                reason = f"Runtime exited with {self.process.returncode}"
                error = self.init_error or {"errorType": "Runtime.Exit", "errorMessage": reason}
                self.finish(invocation.id, error=error)
            elif time.monotonic() > deadline:
                self.process.kill()

    def _discard(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()

    def next(self) -> Invocation | None:
        return self._waiting.get()

    def finish(self, id_: str, result: Any = None, error: Mapping[str, Any] | None = None) -> None:
        if invocation := self._running.pop(id_, None):
            invocation.result, invocation.error = result, error
            invocation.done.set()

    def start(self) -> None:
        """Begin the init phase; `invoke` does it where no process is alive."""
        self.init_error = None
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [_base_interpreter(), "-S", "-m", "awslambdaric", self.handler],
                cwd=self.package.task,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _variables(self) -> dict[str, str]:
        """What Lambda sets, in the place of everything that this process inherited."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            # Lambda's file system refuses to store bytecode; root's does not.
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(self.package.task),
            "LAMBDA_RUNTIME_DIR": str(self.package.image),
            "PYTHONPATH": os.pathsep.join([str(self.package.task), str(self.package.image)]),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python3.{sys.version_info[1]}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "_HANDLER": self.handler,
            **self.environment,
        }

    def stop(self) -> None:
        with self._one_at_a_time:  # what has begun is answered
            if self.process and self.process.poll() is None:
                self.process.kill()
                self.process.wait(60)
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def running_function(
    name: str, package: Unpacked, environment: Mapping[str, str], log: Path
) -> Iterator[Function]:
    """A function that is ready to be invoked, for as long as the block lasts."""
    before = _contents(package.task)
    function = Function(name, package, environment, log)
    try:
        yield function
    finally:
        function.stop()
        # As root nothing is read-only, so this is how writing to it is noticed.
        assert _contents(package.task) == before, "the function wrote into its task folder"


def _base_interpreter() -> str:
    executable: str = getattr(sys, "_base_executable", sys.executable)
    return executable


def _contents(folder: Path) -> set[tuple[str, float]]:
    return {(str(path), path.stat().st_mtime) for path in folder.rglob("*")}
