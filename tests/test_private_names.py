"""Private names of Django and REST framework that the project touches: all of them, and no other.

A name that is missing after an upgrade fails here, before anything subtler does. A new use has to
be written down here, with the place in the library that it relies on.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import pytest

import cars
import carsite.http
import dbauth

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("cars", "carsite", "dbauth")
# Underscores that Python's and Django's documentation names.
DOCUMENTED = {"_asdict", "_base_manager", "_default_manager", "_meta", "_replace", "_state"}

# The attribute, and the file of the library that has to hold it.
READ = {
    "_alter_column_database_default_sql": "django/db/backends/base/schema.py",
    "_alter_column_default_sql": "django/db/backends/base/schema.py",
    "_create_check_sql": "django/db/backends/base/schema.py",
    "_create_fk_sql": "django/db/backends/base/schema.py",
    "_create_index_name": "django/db/backends/base/schema.py",
    "_db": "django/db/models/query.py",
    "_delete_check_sql": "django/db/backends/base/schema.py",
    "_field_indexes_sql": "django/db/backends/base/schema.py",
    "_field_should_be_altered": "django/db/backends/base/schema.py",
    "_from_testcase": "django/db/transaction.py",
    "_has_been_logged": "django/utils/log.py",
    "_hints": "django/db/models/query.py",
    "_messages": "django/contrib/messages/middleware.py",
    "_non_atomic_requests": "django/db/transaction.py",
    "_quote_name": "django/db/backends/postgresql/creation.py",
    "_request": "rest_framework/request.py",
    "_setupfunc": "django/utils/functional.py",
    "_wrapped": "django/utils/functional.py",
}

# No underscore, and in no documentation either.
UNDOCUMENTED = {
    "atomic_blocks": "django/db/backends/base/base.py",
    "health_check_done": "django/db/backends/base/base.py",
    "mark_for_rollback_on_error": "django/db/transaction.py",
    "needs_rollback": "django/db/backends/base/base.py",
    "receivers": "django/dispatch/dispatcher.py",
    "api_stage": "zappa/cli.py",
    "aws_environment_variables": "zappa/cli.py",
    "lambda_name": "zappa/cli.py",
    "stage_config": "zappa/cli.py",
    "vpc_config": "zappa/cli.py",
    "zip_path": "zappa/cli.py",
    "extra_permissions": "zappa/core.py",
    "attach_policy": "zappa/core.py",
}
# The method of the library that is replaced, and the arguments that it is called with.
OVERRIDDEN: dict[str, str] = json.loads((ROOT / "tests/private_overrides.json").read_text())


def test_every_private_attribute_is_listed():
    sources = [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.relative_to(ROOT).parts
    ]
    trees = [ast.parse(path.read_text()) for path in sources]
    own = {name for tree in trees for name in _defined(tree)}
    read = {name for tree in trees for name in _read(tree)} - own - DOCUMENTED
    assert read <= READ.keys(), "New private names: replace or list them, with their place."


@pytest.mark.parametrize("name", sorted(READ | UNDOCUMENTED))
def test_the_library_still_has(name):
    file = (READ | UNDOCUMENTED)[name]
    package, _, rest = file.partition("/")
    source = Path(str(importlib.import_module(package).__file__)).parent / rest
    assert name in source.read_text(), f"{file} has no {name} any more; see who reads it."


def test_every_private_method_that_is_overridden_is_listed():
    new = _overridden() - OVERRIDDEN.keys()
    assert not new, "New overrides: use a public hook, or list them in private_overrides.json."


@pytest.mark.parametrize("place", sorted(OVERRIDDEN))
def test_the_library_still_calls_with_the_same_arguments(place):
    owner, _, name = place.rpartition(".")
    module, _, class_name = owner.rpartition(".")
    method = getattr(getattr(importlib.import_module(module), class_name), name, None)
    assert method, f"{place} is gone, and the override of it is never called."
    assert " ".join(inspect.signature(method).parameters) == OVERRIDDEN[place], (
        f"{place} has other arguments than our override takes."
    )


def _defined(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= {node.attr} if ast.unparse(node.value) == "self" else set()
    return names


def _read(tree: ast.AST) -> set[str]:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def _overridden() -> set[str]:
    """Each private method of a library that a class of ours replaces."""
    return {
        f"{base.__module__}.{base.__name__}.{name}"
        for ours in _classes()
        for name, value in vars(ours).items()
        if name.startswith("_") and not name.endswith("_") and inspect.isfunction(value)
        for base in ours.__mro__[1:]
        if base.__module__.partition(".")[0] not in PACKAGES and name in vars(base)
    }


def _classes() -> list[type]:
    modules = [
        importlib.import_module(found.name)
        for package in (cars, carsite.http, dbauth)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [
        ours
        for module in modules
        for ours in vars(module).values()
        if inspect.isclass(ours) and ours.__module__ == module.__name__
    ]
