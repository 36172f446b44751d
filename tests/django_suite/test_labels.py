"""A few short labels of Django's suite; `make django-suite` runs them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbauth.dsql.skips import by_reason
from tests.django_suite import results, source
from tests.django_suite.children import run_label
from tests.django_suite.servers import Engine, running_engines

# What the backend has a hand in, and little else, for each engine in one process.
LABELS = [
    "admin_scripts.tests.ManageTestserver",
    "backends.base.test_base",
    "basic",
    "check_framework.test_database",
    "custom_pk",
    "foreign_object.test_empty_join",
    "get_or_create.tests.UpdateOrCreateTransactionTests",
    "mutually_referential",
    "nested_foreign_keys",
    "transaction_hooks",
]


@pytest.fixture(scope="module")
def django_tests() -> Path:
    try:
        return source.fetch()
    except source.SourceUnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def engines(django_tests: Path) -> Iterator[dict[str, Engine]]:
    with running_engines(("dbauth", "dsql")) as engines:
        yield {engine.name: engine for engine in engines}


@pytest.mark.server
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["dbauth", "dsql"])
def test_djangos_own_tests_pass(name, engines, django_tests, tmp_path):
    written = tmp_path / "labels.jsonl"
    status = run_label(engines[name], " ".join(LABELS), django_tests, written)
    tests = results.read(written)
    assert [each for each, entry in tests.items() if entry["outcome"] == "failed"] == []
    assert status == 0, written.with_suffix(".log").read_text()[-4000:]
    assert results.counts(tests)["passed"] > 100


def test_no_test_is_skipped_for_two_reasons():
    names = [name for names in by_reason().values() for name in names]
    assert len(names) == len(set(names))
