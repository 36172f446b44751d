"""What there is to name: read from the code, never from a list kept here."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from functools import cache
from importlib.util import find_spec
from inspect import getsourcefile
from pathlib import Path
from unittest import mock

import botocore.session
import zappa.cli
from botocore import xform_name
from django.conf import global_settings
from django.contrib.auth.management.commands.createsuperuser import Command
from django.core.management import get_commands, load_command_class
from django.db.models import QuerySet
from zappa.cli import ZappaCLI

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Where the product's names are: settings, variables, options, Terraform's variables and outputs.
SOURCES = ("*.py", "*.tf", "*.json", "Makefile", "pyproject.toml")


@cache
def files() -> list[str]:
    """The repository's files, by path; those to be added too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600
    )
    return [name for name in done.stdout.splitlines() if (ROOT / name).exists()]


def exists(name: str) -> bool:
    """Whether it is a file or folder here, or the end of a file's path, or what git ignores."""
    inner = f"/{name.removeprefix('./').rstrip('/')}"
    if any(f"/{file}".endswith(inner) or f"{inner}/" in f"/{file}" for file in files()):
        return True
    command = ["git", "check-ignore", "--quiet", "--no-index", name]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=600).returncode == 0


@cache
def names() -> set[str]:
    """Every identifier of the product, of Django's settings and of what Zappa may be told."""
    product = [
        ROOT / name
        for name in files()
        if not name.startswith("tests/") and any(Path(name).match(each) for each in SOURCES)
    ]
    found = {word for path in product for word in NAMES.findall(path.read_text())}
    createsuperuser = Path(getsourcefile(Command) or "").read_text()  # reads variables of its own
    found |= set(NAMES.findall(createsuperuser))
    return found | {*dir(global_settings), *dir(QuerySet), *_zappa_settings()}


def _zappa_settings() -> set[str]:
    source = Path(zappa.cli.__file__).read_text()
    return set(re.findall(r'stage_config\.get\(\s*"(\w+)"', source))


@cache
def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def make_variables() -> set[str]:
    return set(re.findall(r"\$\((\w+)\)", (ROOT / "Makefile").read_text()))


def terraform(kind: str) -> set[str]:
    """Names of the root module's blocks of this kind, "variable" or "output"."""
    text = "".join(path.read_text() for path in (ROOT / "terraform").glob("*.tf"))
    return set(re.findall(rf'^{kind} "(\w+)"', text, re.MULTILINE))


# Commands of apps that a variable installs, which cannot be loaded where it is not set.
OPTIONAL = {"addstatictoken": "django_otp.plugins.otp_static"}


@cache
def manage_options(command: str) -> set[str] | None:
    """The options of a management command; None where there is no such command."""
    apps = get_commands()
    if command in OPTIONAL and find_spec(f"{OPTIONAL[command]}.management.commands.{command}"):
        return set()
    if command not in apps:
        return None
    parser = load_command_class(str(apps[command]), command).create_parser("manage.py", command)
    return set(parser._option_string_actions)


@cache
def zappa_options() -> dict[str, set[str]]:
    """The options of each of the installed Zappa's commands."""
    with mock.patch.object(argparse.ArgumentParser, "parse_args", _stop):
        try:
            ZappaCLI().handle([])
        except _Stopped as stopped:
            return stopped.options
    raise AssertionError("Zappa parsed nothing")


class _Stopped(Exception):  # noqa: N818 - no error: it carries the parser out of Zappa
    def __init__(self, parser: argparse.ArgumentParser) -> None:
        (commands,) = [
            action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
        ]
        self.options = {
            name: set(each._option_string_actions) for name, each in commands.choices.items()
        }


def _stop(parser: argparse.ArgumentParser, *arguments: object) -> None:
    raise _Stopped(parser)


def zappa_stages() -> set[str]:
    return set(json.loads((ROOT / "zappa_settings.json").read_text()))


@cache
def aws_operations(service: str) -> set[str]:
    """What `aws SERVICE` may be told: the calls of its API, and what the command adds to them."""
    added = {"logs": {"tail"}, "sso": {"login"}}.get(service, set())
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        return added
    calls = session.get_service_model(service).operation_names
    return added | {xform_name(name, "-") for name in calls}
