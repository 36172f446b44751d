"""Whoever reads a module finds its tests: by its name, or in a table of docs/development.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.reach import ROOT, SOURCES, reached

OF_MODULES = "| modules without a test of their name | are proved by |"
OF_PACKAGES = "| modules of | are also proved by |"
PLACE = "in docs/development.md"


class Row(NamedTuple):
    """A line of a table. Modules are named without their suffix; tests are paths."""

    package: Path
    modules: list[Path]
    tests: list[Path]


def modules() -> list[Path]:
    """All modules but those that say what a package is, and migrations, below the top folder."""
    found = (path.relative_to(ROOT) for name in SOURCES for path in (ROOT / name).rglob("*.py"))
    return [path for path in found if path.name != "__init__.py" and "migrations" not in path.parts]


def named_after(module: Path) -> Path:
    return Path("tests", module.parent, f"test_{module.stem.strip('_')}.py")


def has_a_test_of_its_name(module: Path) -> bool:
    return (ROOT / named_after(module)).is_file()


def rows(table: str) -> list[Row]:
    """The table's rows. The bare name of a test is in the package's own folder of tests."""
    text = (ROOT / "docs" / "development.md").read_text().partition(table)[2].partition("\n\n")[0]
    found = re.findall(r"^\| `([\w/]+)/`(?:: ([^|]+))? \| (.+) \|$", text, re.MULTILINE)
    return [
        Row(
            Path(package),
            [Path(package, f"{name}.py") for name in _quoted(names)],
            [
                Path(name) if "/" in name else Path("tests", package, name)
                for name in _quoted(tests)
            ],
        )
        for package, names, tests in found
    ]


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([\w/.]+)`", cell)


def test_every_module_has_a_test_of_its_name_or_is_in_the_table() -> None:
    listed = {module for row in rows(OF_MODULES) for module in row.modules}
    lost = [path for path in modules() if not has_a_test_of_its_name(path) and path not in listed]
    remedy = f'or name its tests below "{OF_MODULES}" {PLACE}'
    assert lost == [], f"Write {sorted(str(named_after(path)) for path in lost)}, {remedy}"


def test_the_table_lists_modules_that_exist_and_have_no_test_of_their_name_once() -> None:
    listed = [module for row in rows(OF_MODULES) for module in row.modules]
    without = {path for path in modules() if not has_a_test_of_its_name(path)}
    wrong = sorted(map(str, set(listed) - without))
    assert wrong == [], f'Take these out of the table "{OF_MODULES}" {PLACE}'
    assert len(listed) == len(set(listed))


def test_every_test_is_named_after_a_module_or_in_a_table() -> None:
    known = {named_after(path) for path in modules()}
    known |= {
        path for table in (OF_MODULES, OF_PACKAGES) for row in rows(table) for path in row.tests
    }
    tests = (path for name in SOURCES for path in (ROOT / "tests" / name).rglob("test_*.py"))
    lost = sorted(
        str(path) for path in (test.relative_to(ROOT) for test in tests) if path not in known
    )
    remedy = f'or name it in the row of its package below "{OF_PACKAGES}" {PLACE}'
    assert lost == [], f"Name {lost} after the module that each proves, {remedy}"


@pytest.mark.parametrize("table", [OF_MODULES, OF_PACKAGES], ids=["modules", "packages"])
def test_rows_name_what_exists(table: str) -> None:
    assert rows(table)
    for row in rows(table):
        assert (ROOT / row.package).is_dir()
        assert [str(path) for path in row.tests if not (ROOT / path).exists()] == [], row.package


def test_what_is_said_to_prove_a_module_reaches_it() -> None:
    said = [(module, row.tests) for row in rows(OF_MODULES) for module in row.modules]
    said += [(each, [named_after(each)]) for each in modules() if has_a_test_of_its_name(each)]
    wrong = [
        f"{module} from {', '.join(map(str, tests))}"
        for module, tests in said
        if not any(ROOT / module in reached(ROOT / test) for test in tests)
    ]
    assert wrong == [], f"No import and no name leads there: name another test {PLACE}"
