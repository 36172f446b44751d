"""What Lambda's runtimes talk to: four requests over HTTP.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

API = "/2018-06-01/runtime"
# The stages say 30, in which a busy machine does not migrate. Requests have a shorter limit, and
# it is their own (carsite.lambda_handler).
TIMEOUT_SECONDS = 600


@dataclass
class Invocation:
    """One event on its way through the process."""

    event: Any
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: Mapping[str, Any] | None = None


class Runs(Protocol):
    """What the API asks of the function that it serves."""

    arn: str
    init_error: Mapping[str, Any] | None

    def next(self) -> Invocation | None: ...

    def finish(
        self, id_: str, result: Any = None, error: Mapping[str, Any] | None = None
    ) -> None: ...


class _RuntimeApi(BaseHTTPRequestHandler):
    """The four requests that a runtime makes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer; two would each wait for the other's acknowledgement
    function: Runs

    def do_GET(self) -> None:
        invocation = self.function.next()
        if invocation is None:  # the function is being stopped
            self.close_connection = True
            return
        deadline = int((time.time() + TIMEOUT_SECONDS) * 1000)
        self._answer(
            json.dumps(invocation.event).encode(),
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": self.function.arn,
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        self._answer(b'{"status":"OK"}', {}, status=202)
        match self.path.removeprefix(API).strip("/").split("/"):
            case ["invocation", id_, "response"]:
                self.function.finish(id_, result=body)
            case ["invocation", id_, "error"]:
                self.function.finish(id_, error=body)
            case ["init", "error"]:
                self.function.init_error = body

    def _answer(self, body: bytes, headers: Mapping[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing: the function's own log is the one to read."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a process that is stopped leaves its connection in the middle."""


def serve(function: Runs) -> ThreadingHTTPServer:
    """An API for one function, on a free loopback port; it runs in threads of its own."""
    server = _Server(("127.0.0.1", 0), type("RuntimeApi", (_RuntimeApi,), {"function": function}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
