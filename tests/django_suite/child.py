"""`python -m tests.django_suite.child TESTS LABEL...`: labels of Django's suite in this process.

Started by tests.django_suite.children, which says where the databases are. TESTS is the folder of
Django's tests.
"""

import atexit
import contextlib
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.apps.registry import Apps
from django.contrib.postgres import operations


def main(tests: str, *labels: str) -> int:
    sys.path.insert(0, tests)
    os.chdir(tests)
    # Tests of the autoreloader expect a script, as runtests.py is one.
    sys.modules["__main__"].__spec__ = None
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="django-suite-")
    atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)
    runtests = importlib.import_module("runtests")
    # Its commands for DSQL, as docs/dsql.md has them installed.
    runtests.ALWAYS_INSTALLED_APPS.append("dbauth")
    apps = mock.patch.object(Apps, "set_available_apps", _with_dbauth(Apps.set_available_apps))
    with apps, _without_extensions():
        failures: int = runtests.django_tests(
            verbosity=1,
            interactive=False,
            failfast=False,
            keepdb=False,
            reverse=False,
            test_labels=list(labels),
            debug_sql=False,
            parallel=1,
            tags=None,
            exclude_tags=None,
            test_name_patterns=None,
            start_at=None,
            start_after=None,
            pdb=False,
            buffer=False,
            timing=False,
            shuffle=False,
        )
    return bool(failures)


def _with_dbauth(set_available_apps: Callable[[Apps, Any], None]) -> Callable[[Apps, Any], None]:
    """Tests of transactions say which apps they want; those of the backend come with it."""

    def replacement(registry: Apps, available: Any) -> None:
        installed = {config.name for config in registry.get_app_configs()}
        set_available_apps(registry, [*available, *installed.intersection(["dbauth"])])

    return replacement


def _without_extensions() -> contextlib.AbstractContextManager[object]:
    """The label db_functions wants pgcrypto, which this PostgreSQL does not have, on any engine."""
    return mock.patch.multiple(
        operations.CreateExtension, database_forwards=mock.DEFAULT, database_backwards=mock.DEFAULT
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
