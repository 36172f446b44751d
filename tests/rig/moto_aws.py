"""An AWS on loopback to deploy to: moto, with functions that run.

moto answers every invocation with the same words. Here the archive that was uploaded is unpacked
and runs under tests.rig.lambda_runtime, with the variables that were deployed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import boto3

from tests.rig.front_door import TEMPORARY
from tests.rig.lambda_runtime import Function, FunctionError, make_image
from tests.rig.packages import Package
from tests.rig.project_copy import unpack
from tests.rig.routes import Routes

REGION = "us-east-1"
LOG_TAIL_BYTES = 4096
# An account as it begins; AWS counts what is reserved off the second number, and nobody here minds.
ACCOUNT_LIMIT = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
# moto has neither ListFunctionUrlConfigs, which `zappa update` asks for, nor GetAccountSettings.
MISSING: dict[str, Any] = {
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/urls/?$": (
        lambda *request: (200, {}, json.dumps({"FunctionUrlConfigs": []}))
    ),
    r"{0}/(?P<api_version>[^/]+)/account-settings/?$": (
        lambda *request: (200, {}, json.dumps({"AccountLimit": ACCOUNT_LIMIT}))
    ),
}


def _redeploying(deploy: Callable[..., Any]) -> Callable[..., Any]:
    """AWS leads a stage that exists to its new deployment; moto puts another one in its place."""

    def redeploy(api: Any, name: str, *arguments: Any) -> Any:
        before = api.stages.get(name)
        deployment = deploy(api, name, *arguments)
        if before is not None:
            before.deployment_id = deployment.id
            api.stages[name] = before
        return deployment

    return redeploy


@dataclass
class Aws:
    """A running AWS. Functions are unpacked and log in `folder`; `routes` is their network."""

    url: str
    folder: Path
    routes: Routes = field(default_factory=Routes)
    _warm: dict[str, Function] = field(default_factory=dict, repr=False)  # by ARN
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def environment(self) -> dict[str, str]:
        """For AWS's own tools: where it is, and credentials that nobody else accepts."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def function(self, name: str, region: str = REGION) -> DeployedFunction:
        """The function of that name, for whoever invokes it as AWS's own services do."""
        return DeployedFunction(self.client("lambda", region), name)

    def run(self, deployed: Any, event: Any) -> tuple[Any, str | None, str]:
        """Invoke moto's function `deployed`: result, kind of error, and what it logged."""
        function = self._execution_environment(deployed)
        before = self._log.stat().st_size if self._log.exists() else 0
        try:
            result, error = function.invoke(event), None
        except FunctionError as failure:
            result, error = failure.payload, "Unhandled"
        return result, error, self._log.read_bytes()[before:].decode()

    def _execution_environment(self, deployed: Any) -> Function:
        """The one that the last invocation left warm, unless code or variables are others now."""
        arn = deployed.function_arn
        with self._one_at_a_time:
            package, variables = self._unpacked(deployed), self._variables(deployed)
            warm = self._warm.get(arn)
            if warm is None or (warm.package, warm.environment) != (package, variables):
                if warm:
                    warm.stop()
                self._warm[arn] = Function(deployed.function_name, package, variables, self._log)
            return self._warm[arn]

    def stop(self) -> None:
        """End what is warm."""
        for function in self._warm.values():
            function.stop()

    @property
    def _log(self) -> Path:
        return self.folder / "functions.log"

    def _variables(self, deployed: Any) -> dict[str, str]:
        """Those that were deployed, in this network; credentials that AWS itself never sees."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": TEMPORARY.access_key,
            "AWS_SECRET_ACCESS_KEY": TEMPORARY.secret_key,
            "AWS_SESSION_TOKEN": TEMPORARY.session_token or "",
            "AWS_REGION": deployed.region,
            **self.routes.applied(deployed.environment_vars),
        }

    def _unpacked(self, deployed: Any) -> Package:
        """Unpacked once for each code that is uploaded."""
        folder = self.folder / deployed.code_sha_256.replace("/", "_")
        package = Package(
            deployed.function_name, folder / "code.zip", folder / "task", folder / "image"
        )
        if not folder.exists():
            folder.mkdir()
            package.archive.write_bytes(deployed.code_bytes)
            unpack(package.archive, package.task)
            make_image(package.image)
        return package


@dataclass
class DeployedFunction:
    """A function by its name: what answers is what is deployed at that moment."""

    client: Any
    name: str

    def invoke(self, event: Any) -> Any:
        """The handler's result. Raises FunctionError for what Lambda reports as one."""
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event))
        result = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise FunctionError(result)
        return result


@contextlib.contextmanager
def running_aws(folder: Path) -> Iterator[Aws]:
    """An empty AWS for as long as the block lasts."""
    # Here, because moto's AWS takes two seconds to import, and collecting the tests needs none.
    from moto.apigateway.models import RestAPI
    from moto.awslambda import urls
    from moto.awslambda_simple.models import LambdaSimpleBackend
    from moto.moto_api._internal.models import moto_api_backend
    from moto.server import ThreadedMotoServer

    from tests.rig import http_apis

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws = Aws("", folder)

    def invoke(backend: Any, *request: Any) -> bytes:
        name, qualifier, body, _, answer = request
        result, error, log = aws.run(
            backend.get_function(name, qualifier), json.loads(body or "null")
        )
        if error:
            answer["x-amz-function-error"] = error
        answer["x-amz-log-result"] = base64.b64encode(log.encode()[-LOG_TAIL_BYTES:]).decode()
        return json.dumps(result).encode()

    http_apis.support()
    before = moto_api_backend.get_config()
    with (
        mock.patch.object(LambdaSimpleBackend, "invoke", invoke),
        mock.patch.dict(urls.url_paths, MISSING),
        mock.patch.object(RestAPI, "create_deployment", _redeploying(RestAPI.create_deployment)),
    ):
        moto_api_backend.reset()
        moto_api_backend.set_config({"lambda": {"use_docker": False}})
        server.start()
        try:
            host, port = server.get_host_and_port()
            aws.url = f"http://{host}:{port}"
            yield aws
        finally:
            aws.stop()
            server.stop()
            moto_api_backend.set_config(before)
            moto_api_backend.reset()
