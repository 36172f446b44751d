"""Which files a file of Python reaches: what it imports or names, and so on from there.

Of what is found by a convention and not by a name it knows the few below. A service that runs is
reached through the settings that it is started with, so whoever starts one reaches all that those
lead to: a test that is said to reach a module may still not prove anything about it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("cars", "carsite", "dbauth")
DOTTED = re.compile(rf"\b(?:{'|'.join(SOURCES)}|tests)(?:\.\w+)+")
# What Django imports of an app or a backend that is named in settings.
OF_PACKAGES = ("admin", "apps", "base", "models")
# Files that others name and that lead to the rest: what a test says, and what that runs.
ENTRIES = {
    "manage.py": ROOT / "manage.py",
    "zappa": ROOT / "carsite" / "zappa_hooks.py",
    "django.core.serializers": ROOT / "manage.py",
    "django.test": ROOT / "manage.py",
    "pytest_django": ROOT / "manage.py",
    "rest_framework.test": ROOT / "manage.py",
}
COMMANDS = {
    path.stem: path for name in SOURCES for path in (ROOT / name).rglob("management/commands/*.py")
}


@cache
def reached(path: Path) -> set[Path]:
    """All files that are reached from `path`, which is one of them."""
    found, left = {path}, [path]
    while left:
        new = _named(left.pop()) - found
        found |= new
        left += new
    return found


@cache
def _named(path: Path) -> set[Path]:
    tree = ast.parse(path.read_text())
    words = set(_words(tree))
    found = {file for word in words if (file := _file(word))}
    found |= {COMMANDS[word] for word in words & COMMANDS.keys()}
    found |= {
        path.with_name(f"{name}.py")
        for path in found
        if path.name == "__init__.py"
        for name in OF_PACKAGES
    }
    if path.is_relative_to(ROOT / "tests"):
        found |= {file for name, file in ENTRIES.items() if any(name in word for word in words)}
        found |= _conftests(
            path, {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
        )
    return {each for each in found if each.is_file()}


def _words(tree: ast.AST) -> Iterator[str]:
    """What is imported, and what is in strings: the names of modules, and all other words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from DOTTED.findall(node.value)
            yield from node.value.split()


def _file(dotted: str) -> Path | None:
    """The module of that name, or the one that has what is named."""
    parts = dotted.split(".")
    if parts[0] not in {*SOURCES, "tests"}:
        return None
    while parts:
        path = ROOT.joinpath(*parts)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
        parts.pop()
    return None


def _conftests(path: Path, arguments: set[str]) -> set[Path]:
    """Those with a fixture that is asked for."""
    candidates = {folder / "conftest.py" for folder in path.parents if folder.is_relative_to(ROOT)}
    return {each for each in candidates if each.is_file() and arguments & _fixtures(each)}


@cache
def _fixtures(conftest: Path) -> set[str]:
    tree = ast.parse(conftest.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
