"""The handler in the packaged function: HTTP in three shapes, commands, and what goes wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.rig.events import Kind, Request, event
from tests.rig.front_door import FrontDoor
from tests.rig.lambda_runtime import Function, FunctionError, running_function
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.services import Rig, deployed, iam_door, lambda_credentials, password_door

pytestmark = pytest.mark.xdist_group("functions")

HOST = ("Host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
HEAVY = {"boto3", "botocore", "requests", "yaml", "werkzeug", "zappa"}
SETTINGS = deployed("regular", "postgresql://nobody:x@127.0.0.1:9/none?sslmode=disable")
HOSTS = {"ALLOWED_HOSTS": ".amazonaws.com,.on.aws,cars.example.com"}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with running_postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def own_rig(server: PostgreSQL, rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    """A database server of its own, which a test may stop."""
    return Rig(tmp_path_factory.mktemp("functions"), lambda: server, rig.shared)


@pytest.fixture(scope="module")
def database_url(own_rig: Rig) -> Iterator[str]:
    with password_door(own_rig, "handler") as (url, _):
        yield url


@pytest.fixture(scope="module")
def regular(own_rig: Rig, database_url: str) -> Iterator[Function]:
    environment = deployed("regular", database_url) | lambda_credentials() | HOSTS
    with running_function(
        "cars-regular", own_rig.package("regular"), environment, own_rig.folder / "regular.log"
    ) as function:
        function.invoke({"manage": "migrate --verbosity=0"})
        yield function


@pytest.fixture(scope="module")
def dsql(own_rig: Rig) -> Iterator[tuple[Function, FrontDoor]]:
    with iam_door(own_rig, "handler_dsql") as (url, _, door):
        environment = deployed("dsql", url) | door.environment(door.temporary) | HOSTS
        with running_function(
            "cars-dsql", own_rig.package("dsql"), environment, own_rig.folder / "dsql.log"
        ) as function:
            function.invoke({"manage": "migrate --verbosity=0"})
            yield function, door


@pytest.fixture(params=["regular", "dsql"])
def deployment(
    request: pytest.FixtureRequest, regular: Function, dsql: tuple[Function, FrontDoor]
) -> tuple[Function, str]:
    """Each archive's function, and its stage."""
    return {"regular": regular, "dsql": dsql[0]}[request.param], request.param


def get(
    kind: Kind, target: str, *headers: tuple[str, str], stage: str = "regular"
) -> dict[str, Any]:
    host = () if any(name == "Host" for name, _ in headers) else (HOST,)
    return event(kind, Request("GET", target, [*host, ("Accept", "*/*"), *headers]), stage)


def header(answer: Mapping[str, Any], name: str) -> str:
    flat = {key.lower(): value for key, value in (answer.get("headers") or {}).items()}
    for key, values in (answer.get("multiValueHeaders") or {}).items():
        flat[key.lower()] = values[-1]
    return str(flat[name.lower()])


@pytest.mark.parametrize(
    ("kind", "visible"),
    [
        ("rest", True),
        ("http", True),
        ("http-1.0", True),
        ("http", False),
        ("http-1.0", False),
        ("rest", False),
        ("url", False),
        ("alb", False),
        ("alb-multi", False),
    ],
)
def test_links_begin_with_the_stage_where_the_client_sees_it(
    deployment: tuple[Function, str], kind: Kind, visible: bool
) -> None:
    """With the stage in the path, then on a custom domain, then where there is no stage."""
    function, stage = deployment
    prefix = f"/{stage}" if visible else ""

    def ask(path: str) -> dict[str, Any]:
        answer: dict[str, Any] = function.invoke(get(kind, prefix + path, stage=stage))
        return answer

    answer = ask("/")
    assert (answer["statusCode"], header(answer, "Location")) == (302, f"{prefix}/cars")
    page = ask("/docs")["body"]
    assert set(re.findall(r'(?:href|src)="([^"]*?)/static/', page)) == {prefix}
    sheet = re.search(rf'href="{prefix}(/static/[^"]+css)"', page)
    assert sheet
    assert ask(sheet[1])["statusCode"] == 200


def test_a_configured_prefix_is_taken_off_and_put_before_links(own_rig: Rig) -> None:
    """A base path of a custom domain arrives in the path, and no event says what it is."""
    environment = {**SETTINGS, **HOSTS, "DJANGO_SCRIPT_NAME": "/base"}
    with running_function(
        "cars", own_rig.package("regular"), environment, own_rig.folder / "base.log"
    ) as function:
        for kind in ("rest", "http"):
            answer = function.invoke(get(kind, "/base/", ("Host", "cars.example.com")))
            assert (answer["statusCode"], header(answer, "Location")) == (302, "/base/cars")
        custom = get("url", "/base/schema", ("Host", "cars.example.com"))
        assert function.invoke(custom)["statusCode"] == 200


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/cars/%E8%BB%8A", ()),
        ("/cars/%FF%FE%00", ()),
        ("/cars/a%3Fb%23c", ()),
        ("/cars?make=%E8%BB%8A&model=%FF", ()),
        ("/cars?make=\u8eca", ()),
        ("/cars", (("Cookie", "sessionid=\u8eca; csrftoken=\u00e9"),)),
        ("/cars", (("X-Request-ID", "\u8eca"), ("Accept-Language", "\u8eca"))),
    ],
)
def test_no_character_is_a_server_error(
    deployment: tuple[Function, str],
    kind: Kind,
    target: str,
    headers: tuple[tuple[str, str], ...],
) -> None:
    function, stage = deployment
    prefix = "" if kind in {"url", "alb", "alb-multi"} else f"/{stage}"
    answer = function.invoke(get(kind, prefix + target, *headers, stage=stage))
    assert answer["statusCode"] in {200, 404}, answer


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_request_is_known_by_lambdas_id_of_the_invocation(
    deployment: tuple[Function, str], kind: Kind
) -> None:
    function, stage = deployment
    answer = function.invoke(get(kind, "/nothing", ("X-Request-ID", "the-clients"), stage=stage))
    assert re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", header(answer, "X-Request-ID")
    )
    assert header(answer, "X-Request-ID") in function.log.read_text()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_compressed_files_and_fonts_arrive_as_they_are(
    deployment: tuple[Function, str], kind: Kind
) -> None:
    function, stage = deployment
    page = function.invoke(get(kind, "/cars", ("Accept", "text/html"), stage=stage))["body"]
    sheet = re.search(r'href="(/static/[^"]+bootstrap[^"]+css)"', page)
    assert sheet
    answer = function.invoke(get(kind, sheet[1], ("Accept-Encoding", "gzip"), stage=stage))
    assert header(answer, "Content-Encoding") == "gzip"
    assert answer["isBase64Encoded"] is True


FIRST_REQUEST = f"""
import json, sys
from types import SimpleNamespace
from carsite.lambda_handler import handler
context = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
answer = handler(json.loads({json.dumps(get("rest", "/regular/cars"))!r}), context)
print(json.dumps([answer["statusCode"], sorted(sys.modules)]))
"""


@pytest.mark.parametrize("where", ["archive", "environment"])
def test_nothing_heavy_is_imported_before_or_during_the_first_request(
    own_rig: Rig, root: Path, regular: Function, database_url: str, where: str
) -> None:
    """In the archive with boto3 beside it, and in this environment, which has all of them."""
    package = own_rig.package("regular")
    base = [sys._base_executable, "-S"]  # type: ignore[attr-defined] # CPython has it
    python, path = {
        "archive": (base, os.pathsep.join([str(package.task), str(package.image)])),
        "environment": ([sys.executable], str(root)),
    }[where]
    environment = {
        **regular.environment,
        "DATABASE_URL": database_url,
        "AWS_REGION": "us-east-1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": path,
        "STATIC_ROOT": str(package.task / "staticfiles"),
    }
    done = subprocess.run(
        [*python, "-c", FIRST_REQUEST],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 200
    assert HEAVY.intersection(modules) == set()


def test_a_command_that_fails_reaches_its_caller_and_the_next_invocation_works(
    regular: Function,
) -> None:
    with pytest.raises(FunctionError, match="No installed app with label 'nobody'"):
        regular.invoke({"manage": "migrate nobody"})
    with pytest.raises(FunctionError, match="ended with exit code 3"):
        regular.invoke({"raw_command": "raise SystemExit(3)"})
    assert regular.invoke({"raw_command": "raise SystemExit(0)"}) == {}
    assert regular.invoke({"manage": "check"}) == {}
    assert regular.invoke(get("rest", "/regular/health"))["statusCode"] == 200


def test_a_keep_warm_ping_is_answered(deployment: tuple[Function, str]) -> None:
    function, _ = deployment
    keep_warm = {
        "detail-type": "Scheduled Event",
        "resources": [
            "arn:aws:events:us-east-1:1:rule/cars-zappa-keep-warm-handler.keep_warm_callback"
        ],
    }
    assert function.invoke(keep_warm) is None


@pytest.mark.parametrize(
    ("sent", "described"),
    [
        (
            {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": "arn:q"}]},
            "records of aws:sqs",
        ),
        # Any JSON may be invoked: `aws lambda invoke --payload null`.
        (None, "NoneType"),
        ([1], "list"),
        ({}, "an event with the keys"),
    ],
)
def test_an_event_that_nobody_handles_is_an_error_and_the_next_request_is_answered(
    deployment: tuple[Function, str], sent: Any, described: str
) -> None:
    function, stage = deployment
    with pytest.raises(FunctionError, match=f"UnhandledEventError: Nothing handles {described}"):
        function.invoke(sent)
    assert function.invoke(get("rest", f"/{stage}/health", stage=stage))["statusCode"] == 200


def test_without_a_database_the_answer_is_503_and_with_it_200_again(
    server: PostgreSQL, regular: Function
) -> None:
    process = regular.process
    assert regular.invoke(get("rest", "/regular/health"))["statusCode"] == 200
    server.stop()
    try:
        answer = regular.invoke(get("rest", "/regular/cars"))
        with pytest.raises(FunctionError, match="OperationalError"):
            regular.invoke({"manage": "migrate"})
    finally:
        server.start()
    assert answer["statusCode"] == 503
    assert int(header(answer, "Retry-After")) > 0
    assert regular.invoke(get("rest", "/regular/cars"))["statusCode"] == 200
    assert regular.process is process


def test_expired_credentials_are_503_and_the_next_invocation_works(
    dsql: tuple[Function, FrontDoor],
) -> None:
    function, door = dsql
    assert function.invoke(get("rest", "/dsql/health", stage="dsql"))["statusCode"] == 200
    door.control.drop()
    door.control.set_credentials(door.credentials)  # and no longer those of the function
    answer = function.invoke(get("rest", "/dsql/cars", stage="dsql"))
    assert answer["statusCode"] == 503
    assert "Traceback" not in answer["body"]
    door.control.reset()
    assert function.invoke(get("rest", "/dsql/cars", stage="dsql"))["statusCode"] == 200


def test_a_missing_variable_is_named_when_the_function_starts(own_rig: Rig) -> None:
    environment = {name: value for name, value in SETTINGS.items() if name != "DJANGO_SECRET_KEY"}
    with (
        running_function(
            "cars", own_rig.package("regular"), environment, own_rig.folder / "missing.log"
        ) as function,
        pytest.raises(FunctionError, match="Set the DJANGO_SECRET_KEY environment variable"),
    ):
        function.invoke(get("rest", "/regular/cars"))
