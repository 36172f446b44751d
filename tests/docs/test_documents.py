"""What README.md and docs/ name exists."""

from pathlib import Path

import pytest

from tests.docs import checker, inventory
from tests.docs.document import read

PAGES = [inventory.ROOT / "README.md", *sorted((inventory.ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_everything_that_a_page_names_exists(path: Path) -> None:
    assert checker.problems(read(path)) == []


def test_every_page_can_be_found_from_the_readme() -> None:
    linked = {(inventory.ROOT / link.partition("#")[0]).resolve() for link in read(PAGES[0]).links}
    assert [page.name for page in PAGES[1:] if page not in linked] == []
