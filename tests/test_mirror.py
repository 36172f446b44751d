"""Whoever reads a module finds its tests: by its name, or in a table of docs/development.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("cars", "carsite", "dbauth")
TABLE = "| modules of | are also proved by |"
REMEDY = f'or name it in the row of its package below "{TABLE}" in docs/development.md'


def modules() -> list[Path]:
    """All modules but those that say what a package is, and migrations, below the top folder."""
    found = (path.relative_to(ROOT) for name in SOURCES for path in (ROOT / name).rglob("*.py"))
    return [path for path in found if path.name != "__init__.py" and "migrations" not in path.parts]


def named_after(module: Path) -> Path:
    return Path("tests", module.parent, f"test_{module.stem.strip('_')}.py")


def rows() -> dict[str, list[Path]]:
    """The tests of each package in the table. A bare name is in the package's folder of tests."""
    text = (ROOT / "docs" / "development.md").read_text().partition(TABLE)[2].partition("\n\n")[0]
    found = {}
    for package, cells in re.findall(r"^\| `([\w/]+)/` \| (.+) \|$", text, re.MULTILINE):
        names = re.findall(r"`([\w/.]+)`", cells)
        found[package] = [
            Path(name) if "/" in name else Path("tests", package, name) for name in names
        ]
    return found


def test_every_module_has_a_test_of_its_name_or_its_package_a_row() -> None:
    without = {path for path in modules() if not (ROOT / named_after(path)).is_file()}
    lost = sorted(path for path in without if str(path.parent) not in rows())
    assert lost == [], f"Write {[str(named_after(path)) for path in lost]}, {REMEDY}"


def test_every_test_is_named_after_a_module_or_in_the_table() -> None:
    known = {named_after(path) for path in modules()} | {
        path for tests in rows().values() for path in tests
    }
    tests = (path for name in SOURCES for path in (ROOT / "tests" / name).rglob("test_*.py"))
    lost = sorted(
        str(path) for path in (test.relative_to(ROOT) for test in tests) if path not in known
    )
    assert lost == [], f"Name {lost} after the module that each proves, {REMEDY}"


@pytest.mark.parametrize("package", rows())
def test_a_row_names_what_exists(package: str) -> None:
    assert (ROOT / package).is_dir()
    assert [str(path) for path in rows()[package] if not (ROOT / path).exists()] == []
