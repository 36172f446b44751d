"""`zappa manage STAGE "verify URL"`: the checks of `make verify`, inside the function."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.signals import request_started
from django.db import OperationalError, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.utils import ConnectionHandler

from carsite.verify.inside import InsideClient
from dbauth.deadline import time_limit
from tests.rig import events

pytestmark = pytest.mark.django_db

HOST = "fpbgmxjnd1.execute-api.us-east-1.amazonaws.com"
URL = f"https://{HOST}/dsql"


@pytest.fixture(autouse=True)
def deployed(settings: Any) -> None:
    """As in a function, as far as a gateway's requests can tell."""
    settings.ALLOWED_HOSTS = [".execute-api.us-east-1.amazonaws.com"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def failures(url: str = URL) -> str:
    """What the table says of each check that failed; the command must have failed with them."""
    printed = StringIO()
    with pytest.raises(CommandError, match=r"^Failed: ") as raised:
        call_command("verify", url, stdout=printed)
    failed = [line for line in printed.getvalue().splitlines() if line.startswith("FAILED")]
    assert str(raised.value).count(",") == len(failed) - 1
    return "\n".join(failed)


def test_static_files_that_are_missing() -> None:
    """The local settings serve none. Those of a function are asked in test_rehearsal.py."""
    (failed,) = failures().splitlines()
    assert failed.startswith("FAILED pages ")
    assert "static files are missing" in failed
    assert "/static/carsite/docs.js" in failed


def test_no_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cars_car RENAME TO elsewhere")
    assert "there are no tables: run 'zappa manage STAGE migrate'" in failures()


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(*_: object) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(CursorWrapper, "execute", execute)
    assert "'zappa manage STAGE dbdoctor' names the cause" in failures()


@pytest.fixture
def hanging() -> Iterator[socket.socket]:
    """What listens where the database should be: the kernel connects, and nobody answers."""
    known = connections["default"]
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        host, port = listening.getsockname()
        listening.setblocking(False)
        settings = {"ENGINE": "dbauth.password", "NAME": "cars", "USER": "cars", "PASSWORD": "x"}
        options = {"connect_timeout": 1, "sslmode": "disable"}
        database = {**settings, "HOST": host, "PORT": str(port), "OPTIONS": options}
        connections["default"] = ConnectionHandler({"default": database})["default"]
        yield listening
        connections["default"] = known


def test_a_database_that_hangs_is_waited_for_no_more_than_twice(hanging: socket.socket) -> None:
    """Else Lambda's time would be over before anything is printed."""
    with time_limit(5):
        found = failures()
    assert found.startswith("FAILED database     the database does not answer")
    assert "\n" not in found
    assert len(waiting(hanging)) == 2


def waiting(listening: socket.socket) -> list[str]:
    """Who has connected so far."""
    found: list[str] = []
    while True:
        try:
            end, address = listening.accept()
        except BlockingIOError:
            return found
        end.close()
        found.append(address)


def test_a_host_that_is_not_allowed() -> None:
    found = failures("https://cars.example.com")
    assert found.startswith("FAILED reached      https://cars.example.com/health answers 400")
    assert "ALLOWED_HOSTS" in found


def test_links_without_the_stage(settings: Any) -> None:
    settings.SCRIPT_NAME = ""
    found = failures()
    assert f"leads to https://{HOST}/cars, not to {URL}/cars" in found
    assert "static files are missing" in found


def test_a_url_that_lacks_the_stage() -> None:
    assert "the URL must end in the stage" in failures(f"https://{HOST}")


def test_something_that_is_no_address() -> None:
    with pytest.raises(CommandError, match="begins with https://"):
        call_command("verify", "dsql")


@pytest.mark.parametrize("path", ["health", "cars?page_size=1&make=&make=Ford%20%26+Co", ""])
def test_requests_have_the_form_that_a_rest_api_gives_them(path: str) -> None:
    """The stages of zappa_settings.json are REST APIs, which take the stage off the path."""
    given: list[dict[str, Any]] = []

    def keep(environ: dict[str, Any], **_: Any) -> None:
        given.append(environ)

    request_started.connect(keep)
    InsideClient(URL).get(path)
    request_started.disconnect(keep)
    (environ,) = given
    request = events.Request("GET", f"/dsql/{path}", [("Host", HOST)])
    real = events.event("rest", request, "dsql")
    sent = environ["apig_wsgi.full_event"]
    for key in ("path", "httpMethod", "multiValueQueryStringParameters", "body"):
        assert sent[key] == real[key]
    for key in ("path", "stage"):
        assert sent["requestContext"][key] == real["requestContext"][key]
    assert environ["carsite.payload"] == "rest"
