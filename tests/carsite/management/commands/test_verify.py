"""`zappa manage STAGE "verify URL"`: the checks of `make verify`, inside the function."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

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
