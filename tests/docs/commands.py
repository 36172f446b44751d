"""Can this command be typed? One function for each tool: what it takes is read from the tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from carsite.deploy.outputs import kind
from tests.docs import inventory


def check_command(words: list[str]) -> Iterator[str]:
    if words[0] in TOOLS:
        yield from TOOLS[words[0]](words[1:])


def _make(arguments: list[str]) -> Iterator[str]:
    for argument in arguments:
        name, is_variable, _ = argument.partition("=")
        if name not in (inventory.make_variables() if is_variable else inventory.make_targets()):
            yield f"make {argument}: the Makefile has no such name"


def _manage(arguments: list[str]) -> Iterator[str]:
    if not arguments:
        return  # the bare name, in a sentence
    command, *rest = arguments
    options = inventory.manage_options(command)
    if options is None:
        yield f"manage.py {command}: there is no such command"
        return
    yield from _unknown(f"manage.py {command}", rest, options)


def _zappa(arguments: list[str]) -> Iterator[str]:
    if not arguments:
        return  # the bare name, in a sentence
    command, *rest = arguments
    if command not in inventory.zappa_options():
        yield f"zappa {command}: there is no such command"
        return
    stages = [word for word in rest[:1] if not word.startswith("-")]
    for stage in stages:
        if kind(stage) not in inventory.zappa_stages() | {"STAGE"}:
            yield f"zappa {command} {stage}: there is no such stage"
    if command == "manage":
        yield from _manage(" ".join(rest[1:]).split())
    elif command != "invoke":
        yield from _unknown(f"zappa {command}", rest, inventory.zappa_options()[command])


def _terraform(arguments: list[str]) -> Iterator[str]:
    for option in arguments:
        folder = option.removeprefix("-chdir=")
        if folder != option and not inventory.exists(folder):
            yield f"terraform {option}: there is no such folder"
    if "output" in arguments:
        for word in arguments[arguments.index("output") + 1 :]:
            if re.fullmatch(r"\w+", word) and word not in inventory.terraform("output"):
                yield f"terraform output {word}: there is no such output"


def _unknown(command: str, words: list[str], options: set[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("-") and word != "-" and word.partition("=")[0] not in options:
            yield f"{command} {word}: there is no such option"


def _aws(arguments: list[str]) -> Iterator[str]:
    service, operation = arguments[:2]
    if operation not in inventory.aws_operations(service):
        yield f"aws {service} {operation}: AWS has no such call"


def _curl(arguments: list[str]) -> Iterator[str]:
    for argument in arguments:
        address = urlsplit(argument)
        if address.hostname == "127.0.0.1" or ".execute-api." in address.netloc:
            yield from served(address.path)


def _python(arguments: list[str]) -> Iterator[str]:
    if arguments[:1] == ["-m"] and find_spec(arguments[1]) is None:
        yield f"python -m {arguments[1]}: there is no such module"


TOOLS = {
    "aws": _aws,
    "curl": _curl,
    "make": _make,
    "manage.py": _manage,
    "python": _python,
    "terraform": _terraform,
    "zappa": _zappa,
}


def served(path: str) -> Iterator[str]:
    below = re.sub(rf"^/(?:{'|'.join(inventory.zappa_stages())})(?=/|$)", "", path) or "/"
    try:
        resolve(below.replace("{id}", "00000000-0000-0000-0000-000000000000"))
    except Resolver404:
        yield f"`{path}`: the service has no such path"
