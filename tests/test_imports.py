"""No module imports, through others, one that imports it: not even later or for types alone."""

from graphlib import CycleError, TopologicalSorter

import grimp


def test_no_imports_go_in_a_circle():
    graph = grimp.build_graph("carsite", "cars", "dbauth")
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 100
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise AssertionError(f"These import each other: {' -> '.join(error.args[1])}") from None
