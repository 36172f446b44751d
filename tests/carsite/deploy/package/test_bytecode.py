"""What is compiled, and what is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

from carsite.deploy.package.bytecode import compile_tree


def test_libraries_lose_their_sources_and_the_projects_own_keep_them(tmp_path: Path) -> None:
    (tmp_path / "cars").mkdir()
    (tmp_path / "cars" / "views.py").write_text("x = 1\n")
    (tmp_path / "library.py").write_text("y = 2\n")
    compile_tree(tmp_path, own={"cars"})
    version = f"cpython-{sys.version_info[0]}{sys.version_info[1]}"
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"cars/views.py", f"cars/__pycache__/views.{version}.pyc", "library.pyc"}


def test_nothing_is_compiled_but_the_tree(tmp_path: Path, monkeypatch) -> None:
    """compileall without a path takes all of sys.path, the current folder included."""
    tree, elsewhere = tmp_path / "tree", tmp_path / "elsewhere"
    for folder in (tree, elsewhere):
        folder.mkdir()
        (folder / "module.py").write_text("x = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    compile_tree(tree)
    assert (tree / "module.py").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["module.py"]
