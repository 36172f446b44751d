"""API Gateway on a loopback port: HTTPS in front, a function behind."""

from __future__ import annotations

import base64
import contextlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from tests.rig import events
from tests.rig.certificates import Certificate
from tests.rig.lambda_runtime import FunctionError

MAXIMUM_BODY_BYTES = 10 * 1024 * 1024
ITS_OWN = {"content-length", "date", "server", "connection", "transfer-encoding"}


class Invocable(Protocol):
    """What a gateway needs of the function behind it."""

    def invoke(self, event: Any) -> Any:
        """The handler's result. Raises FunctionError for what Lambda would report as one."""


class _Frontend(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    timeout = 60
    gateway: Gateway

    def __getattr__(self, name: str) -> Any:
        """Every method is passed on; http.server looks for do_GET and so on."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or "Transfer-Encoding" in self.headers:
            self._refuse(400, "Bad Request")
            return
        if int(length) > MAXIMUM_BODY_BYTES:
            self._refuse(413, "Request Too Long")
            return
        request = events.Request(
            self.command, self.path, self.headers.items(), self.rfile.read(int(length))
        )
        if not request.path.startswith(f"{self.gateway.prefix}/"):
            self._refuse(403, "Missing Authentication Token")
            return
        try:
            answer = self.gateway.invoke(request)
        except FunctionError:
            self._refuse(502, "Internal server error")
            return
        self._answer(answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        headers = [(name, value) for name, value in (answer.get("headers") or {}).items()]
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers += [(name, value) for value in values]
        headers += [("Set-Cookie", cookie) for cookie in answer.get("cookies") or ()]
        self.send_response(answer["statusCode"])
        for name, value in headers:
            if name.lower() not in ITS_OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status: int, message: str) -> None:
        """What the gateway says by itself; the function never hears of it."""
        content = f'{{"message":"{message}"}}'.encode()
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Nothing: tests read the function's log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: clients of the tests hang up as they like."""


class Gateway:
    """One API or function URL with the function behind it; `url` is what a client calls."""

    def __init__(
        self,
        kind: events.Kind,
        function: Invocable,
        stage: str,
        certificate: Certificate,
        port: int,
    ) -> None:
        self.kind, self.function, self.stage = kind, function, stage
        self.prefix = "" if kind == "url" else f"/{stage}"
        frontend = type("Frontend", (_Frontend,), {"gateway": self})
        self._server = _Server(("127.0.0.1", port), frontend)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.chain)
        # The handshake belongs into the connection's thread, where a slow client delays nobody.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_port}{self.prefix}"

    def invoke(self, request: events.Request) -> dict[str, Any]:
        answer: dict[str, Any] = self.function.invoke(events.event(self.kind, request, self.stage))
        return answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def running_gateway(
    kind: events.Kind, function: Invocable, stage: str, certificate: Certificate, port: int = 0
) -> Iterator[Gateway]:
    """A gateway that is open for as long as the block lasts."""
    gateway = Gateway(kind, function, stage, certificate, port)
    try:
        yield gateway
    finally:
        gateway.close()
