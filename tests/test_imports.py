"""No module imports, through others, one that imports it: not even later or for types alone.

And what is written as REST framework's tutorial has it stays as short.
"""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

TUTORIAL = ("views", "serializers", "pagination", "filters")
MOST_LINES = 200


def test_no_imports_go_in_a_circle():
    graph = grimp.build_graph("carsite", "cars", "dbauth")
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 100
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise AssertionError(f"These import each other: {' -> '.join(error.args[1])}") from None


def test_what_a_reader_of_the_tutorial_knows_stays_short(root: Path) -> None:
    files = [root / "cars" / f"{name}.py" for name in TUTORIAL]
    assert sum(len(file.read_text().splitlines()) for file in files) <= MOST_LINES
