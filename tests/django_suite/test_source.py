"""tests.django_suite.source, and what `make django-suite` does without it."""

from __future__ import annotations

import pytest

from tests.django_suite import source
from tests.django_suite.__main__ import install_optional


def test_optional_packages_that_cannot_be_had_are_said_and_left_out(tmp_path, monkeypatch, capsys):
    missing = tmp_path / "missing-1.0-py3-none-any.whl"
    monkeypatch.setattr(source, "SITE", tmp_path / "optional")
    monkeypatch.setattr(source, "OPTIONAL", (str(missing),))
    assert install_optional() is None
    assert f"Tests that need one of these are skipped: {missing}" in capsys.readouterr().out
    assert not (tmp_path / "optional").exists()


@pytest.mark.parametrize("requirement", source.OPTIONAL)
def test_an_optional_package_is_of_one_version(requirement):
    assert "==" in requirement
