"""Each lock pins, with hashes, what the requirements beside it name, and what ships from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

NAMES = ("requirements", "requirements-dev", "requirements-checkov", "benchmarks/requirements")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+).*\n(?P<rest>(?:[ ].*\n)*)", re.MULTILINE
)
COMMENTS = re.compile(r"^\s*#.*\n", re.MULTILINE)


def named(requirements: Path) -> set[tuple[str, str]]:
    return {(name.lower(), version) for name, version in PIN.findall(requirements.read_text())}


def locked(root: Path, name: str) -> set[tuple[str, str]]:
    entries = ENTRY.finditer((root / f"{name}.lock").read_text())
    return {(entry["name"], entry["version"]) for entry in entries}


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_has_every_requirement_in_its_version(root: Path, name: str) -> None:
    wanted = named(root / f"{name}.txt")
    assert wanted
    assert wanted - locked(root, name) == set(), "run 'make lock' and commit what it writes"


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_has_nothing_without_a_hash_and_names_no_server(root: Path, name: str) -> None:
    text = (root / f"{name}.lock").read_text()
    entries = list(ENTRY.finditer(text))
    assert [entry["name"] for entry in entries if "--hash=sha256:" not in entry["rest"]] == []
    assert COMMENTS.sub("", ENTRY.sub("", text)) == ""
    assert "://" not in text


@pytest.mark.parametrize(("name", "base"), [(NAMES[1], NAMES[0]), (NAMES[3], NAMES[1])])
def test_what_is_tested_is_what_ships(root: Path, name: str, base: str) -> None:
    assert locked(root, base) - locked(root, name) == set()


def test_the_makefile_installs_from_locks_alone(root: Path) -> None:
    makefile = (root / "Makefile").read_text()
    assert (
        re.findall(
            r"pip install (?!--quiet --disable-pip-version-check --require-hashes)", makefile
        )
        == []
    )
    assert re.findall(r"\$\(INSTALL\) (\S+)", makefile) == ["$<"] * 4
