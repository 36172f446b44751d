"""The service as it is deployed: its archive in Lambda, API Gateway before it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from tests.rig.api_gateway import running_gateway
from tests.rig.events import Kind
from tests.rig.lambda_runtime import Function, running_function
from tests.rig.packages import Package
from tests.rig.service import ADMIN, Service


@dataclass(kw_only=True)
class PackagedService(Service):
    """A function and its gateway; `manage` is `zappa manage`."""

    package: Package
    kind: Kind
    function: Function = field(init=False, repr=False)
    _running: contextlib.ExitStack = field(default_factory=contextlib.ExitStack, repr=False)

    @property
    def prefix(self) -> str:
        return "" if self.kind == "url" else f"/{self.package.stage}"

    def start(self) -> None:
        assert self.certificate
        self.function = self._running.enter_context(
            running_function(
                f"producer-api-python-rest-lambda-{self.package.stage}",
                self.package,
                # createsuperuser takes its password from here, as from Lambda's variables.
                {**self.environment, "DJANGO_SUPERUSER_PASSWORD": ADMIN[1]},
                self.log,
            )
        )
        self._running.enter_context(
            running_gateway(
                self.kind, self.function, self.package.stage, self.certificate, self.port
            )
        )

    def stop(self) -> None:
        self._running.close()

    def prepare(self) -> None:
        self.manage("migrate", "--verbosity=0")
        self.manage(
            "createsuperuser", "--noinput", f"--username={ADMIN[0]}", "--email=keeper@example.com"
        )

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a command inside the function; what it logged."""
        assert not environment, "a function's variables are set when it is deployed"
        before = self.log.stat().st_size if self.log.exists() else 0
        self.function.invoke({"manage": " ".join(arguments)})
        return self.log.read_bytes()[before:].decode()
