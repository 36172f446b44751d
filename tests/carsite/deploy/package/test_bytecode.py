"""What is compiled, and what is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from carsite.deploy.package.bytecode import compile_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree" / "package"
    folder.mkdir(parents=True)
    (folder / "module.py").write_text('"""What it is."""\nassert True\n')
    return folder.parent


def files(tree: Path) -> set[str]:
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


def test_sources_stay_beside_their_bytecode(tree: Path) -> None:
    compile_tree(tree)
    version = f"cpython-{sys.version_info[0]}{sys.version_info[1]}"
    assert files(tree) == {"package/module.py", f"package/__pycache__/module.{version}.pyc"}


def test_or_bytecode_takes_their_place(tree: Path) -> None:
    compile_tree(tree, sources=False)
    assert files(tree) == {"package/module.pyc"}


def test_nothing_of_the_shells_takes_part(tree: Path, tmp_path: Path, monkeypatch) -> None:
    """Neither what it says of paths nor of how to compile."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "module.py").write_text("x = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    compile_tree(tree, sources=False)
    assert b"What it is." in (tree / "package" / "module.pyc").read_bytes()
    assert [path.name for path in elsewhere.iterdir()] == ["module.py"]
