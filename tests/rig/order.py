"""Which tests share a worker, and which ones begin first.

A worker keeps what it has started until its session ends, and what a module has started until the
module's last test. So the tests of one service run on one worker, and so do those of one module:
nothing starts twice. What takes longest begins first, or the others would wait for it at the end.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

# Groups of xdist_group, and modules below tests/ without their suffix; minutes each.
FIRST = (
    "guide",
    "terraform-apply",
    "two-regions-apply",
    "terraform/test_configuration",
    "rehearsal",
    "dbauth/dsql/schema/test_migrate",
    "dbauth/dsql/test_chaos",
    "packages",
    "upgrade",
    "terraform/test_wrong_input",
    "dbauth/dsql/test_commands",
)


def mark(items: list[pytest.Item]) -> None:
    """Name the group of each test that names none itself."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def arrange(items: list[pytest.Item]) -> None:
    """Sort tests that have been marked: groups stay together, FIRST in its order, then by size."""
    sizes = Counter(map(group, items))
    groups = dict.fromkeys([*FIRST, *(name for name, _ in sizes.most_common())])
    place = {name: number for number, name in enumerate(groups)}
    items.sort(key=lambda item: place[group(item)])


def group(item: pytest.Item) -> str:
    """The group of a test that has been marked."""
    marker = item.get_closest_marker("xdist_group")
    assert marker
    return str(marker.args[0])


def _group(item: pytest.Item) -> str:
    parameters = getattr(item, "callspec", None)
    service = parameters.params.get("service") if parameters else None
    return f"service-{service}" if service else str(_module(item))


def _module(item: pytest.Item) -> Path:
    return item.path.relative_to(TESTS).with_suffix("")
