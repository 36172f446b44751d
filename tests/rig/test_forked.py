"""A forked program is one of its own: its variables, its input, its outcome."""

import os

import pytest

from tests.rig.forked import python

SETTINGS = {"DJANGO_SETTINGS_MODULE": "carsite.settings.local"}


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("pass", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('no')", 1, "no\n"),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_its_outcome_is_that_of_a_process(code: str, status: int, error: str) -> None:
    done = python("-c", code, environment={})
    assert done.returncode == status
    assert error in done.stderr
    assert bool(error) == bool(done.stderr)


def test_it_has_the_variables_that_it_is_given_and_nobody_at_its_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANOTHER", "of the tests' process")
    code = "import os, sys; print(dict(os.environ), repr(sys.stdin.read()), flush=True)"
    code += "; os.system('env')"
    done = python("-c", code, environment={"PATH": os.defpath, "ONE": "1"})
    inside, *_ = lines = done.stdout.splitlines()
    assert "ANOTHER" not in done.stdout
    assert inside == f"{ {'PATH': os.defpath, 'ONE': '1'} } ''"
    assert "ONE=1" in lines


def test_settings_are_read_again_by_each_command() -> None:
    show = "from django.conf import settings; print(settings.DATABASES['default']['ENGINE'])"
    for url, engine in (("sqlite:///x", "sqlite3"), ("postgresql://a:b@c/d", "postgresql")):
        done = python("-c", show, environment={**SETTINGS, "DATABASE_URL": url})
        assert done.stdout == f"django.db.backends.{engine}\n", done.stderr


def test_names_of_commands_are_those_of_python() -> None:
    done = python("manage.py", "check", "--help", environment=SETTINGS)
    assert done.stdout.startswith("usage: manage.py check ")
    done = python("-m", "django", "check", "--help", environment=SETTINGS)
    assert done.stdout.startswith("usage: __main__.py check ")
