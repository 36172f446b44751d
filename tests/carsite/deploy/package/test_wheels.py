"""Packages come for the function's system, and only with the bytes that the lock names."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from click import ClickException

from carsite.deploy.package import libraries, wheels
from carsite.deploy.package.lock import Pin
from tests.carsite.deploy.package.test_binaries import elf

NAME = "example-1.0-py3-none-any.whl"
TARGET = wheels.Target("python3.13", "arm64")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The file of a package of one module."""
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("example.py", "ANSWER = 42\n")
        file.writestr(
            "example-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n"
        )
        file.writestr(
            "example-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr("example-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def index(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip downloads from instead of the index; the cache is empty."""
    folder = tmp_path / "index"
    folder.mkdir()
    wheel.rename(folder / NAME)
    monkeypatch.setattr(wheels, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def pin(wheel: Path) -> Pin:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Pin("example", "1.0", f"example==1.0 \\\n    --hash=sha256:{digest}\n    # via x\n")


def test_the_network_is_needed_once(index: Path, tmp_path: Path) -> None:
    example = pin(index / NAME)
    wheels.install([example], TARGET, tmp_path / "first")
    (index / NAME).unlink()
    wheels.install([example], TARGET, tmp_path / "second")
    assert (tmp_path / "second" / "example.py").read_text() == "ANSWER = 42\n"
    with pytest.raises(ClickException, match=r"packages for python3\.12 on arm64 cannot be had"):
        wheels.install([example], wheels.Target("python3.12", "arm64"), tmp_path / "third")


def test_of_a_file_that_changed_in_the_cache_nothing_is_made(index: Path) -> None:
    example = pin(index / NAME)
    cached = wheels.fetch(example.text, TARGET) / NAME
    with zipfile.ZipFile(cached, "a") as file:
        file.writestr("planted.py", "")
    with pytest.raises(ClickException, match="DO NOT MATCH THE HASHES"):
        libraries.packed([example], TARGET)
    assert list(wheels.CACHE.iterdir()) == [cached.parent]


def test_a_package_that_hides_another_processors_code_is_refused(
    index: Path, tmp_path: Path
) -> None:
    """Its name says that it runs anywhere."""
    with zipfile.ZipFile(index / NAME, "a") as file:
        file.writestr("example.so", elf(62))
    with pytest.raises(ClickException, match=r"runs on arm64.*example\.so \(x86_64\)"):
        wheels.install([pin(index / NAME)], TARGET, tmp_path / "tree")


@pytest.mark.parametrize(
    ("runtime", "architecture", "minor", "machine"),
    [
        ("python3.11", "x86_64", 26, "x86_64"),  # Amazon Linux 2
        ("python3.12", "x86_64", 34, "x86_64"),  # Amazon Linux 2023
        ("python3.13", "arm64", 34, "aarch64"),
    ],
)
def test_files_are_the_newest_that_the_functions_system_can_load(
    index: Path, runtime: str, architecture: str, minor: int, machine: str
) -> None:
    example = pin(index / NAME)
    python = runtime.replace("python3.", "cp3")
    newest = f"manylinux_2_{minor}_{machine}"
    others = (f"manylinux_2_{minor + 1}_{machine}", f"manylinux_2_17_{machine}", "win_amd64")
    for platform in (newest, *others):
        name = f"example-1.0-{python}-{python}-{platform}.whl"
        (index / name).write_bytes((index / NAME).read_bytes())
    files = wheels.fetch(example.text, wheels.Target(runtime, architecture))
    assert [file.name for file in files.iterdir()] == [
        f"example-1.0-{python}-{python}-{newest}.whl"
    ]
