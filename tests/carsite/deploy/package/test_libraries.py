"""What ships of the packages is made once, and again whenever it would come out otherwise."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click import ClickException

from carsite.deploy.package import distributions, libraries, wheels
from carsite.deploy.package.lock import Pin

TARGET = wheels.Target("python3.13", "arm64")
PIN = Pin("example", "1.0", "example==1.0 \\\n    --hash=sha256:00\n")


class Installer:
    """In pip's place (test_wheels.py has pip itself); what it installs tells what was asked for."""

    def __init__(self) -> None:
        self.runs = 0
        self.before: Callable[[], object] = lambda: None

    def install(self, pins: Iterable[Pin], target: wheels.Target, folder: Path) -> None:
        self.runs += 1
        self.before()
        folder.mkdir()
        (folder / "example.py").write_text("ANSWER = 42\n")
        (folder / "example.txt").write_text("".join(pin.text for pin in pins) + str(target))


@pytest.fixture(autouse=True)
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    installer = Installer()
    monkeypatch.setattr(wheels, "install", installer.install)
    monkeypatch.setattr(wheels, "CACHE", tmp_path / "cache")
    wheels.CACHE.mkdir()
    return installer


@pytest.fixture
def first() -> bytes:
    """What an empty cache gives; it is kept from then on."""
    return libraries.packed([PIN], TARGET)


def test_a_further_build_installs_nothing(
    first: bytes, installer: Installer, tmp_path: Path
) -> None:
    assert libraries.packed([PIN], TARGET) == first
    libraries.unpack([PIN], TARGET, tmp_path / "tree")
    assert installer.runs == 1
    found = {path.name for path in (tmp_path / "tree").iterdir()}
    assert found == {"example.pyc", "example.txt"}


@pytest.mark.parametrize(
    ("pin", "target"),
    [
        (replace(PIN, text=PIN.text.replace("1.0", "1.1")), TARGET),
        (replace(PIN, text=PIN.text.replace(":00", ":11")), TARGET),
        (PIN, replace(TARGET, runtime="python3.12")),
        (PIN, replace(TARGET, architecture="x86_64")),
    ],
    ids=["version", "hash", "python", "processor"],
)
def test_another_lock_or_function_has_libraries_of_its_own(
    first: bytes, pin: Pin, target: wheels.Target, tmp_path: Path
) -> None:
    libraries.unpack([pin], target, tmp_path)
    assert (tmp_path / "example.txt").read_text() == f"{pin.text}{target}"
    assert libraries.packed([PIN], TARGET) == first


def test_another_interpreter_and_other_rules_make_them_again(
    first: bytes, installer: Installer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version", "3.13.99 (another)")
    libraries.packed([PIN], TARGET)
    monkeypatch.setattr(distributions, "LANGUAGES", {"en", "de"})
    libraries.packed([PIN], TARGET)
    assert installer.runs == 3
    rules = shutil.copytree(Path(libraries.__file__).parent, tmp_path / "rules")
    monkeypatch.setattr(libraries, "__file__", str(rules / "libraries.py"))
    libraries.packed([PIN], TARGET)
    assert installer.runs == 3, "the same rules elsewhere"
    with (rules / "distributions.py").open("a") as file:
        file.write("UNUSED = ()\n")
    libraries.packed([PIN], TARGET)
    assert installer.runs == 4
    monkeypatch.setattr(libraries, "version", lambda distribution: f"another {distribution}")
    libraries.packed([PIN], TARGET)
    assert installer.runs == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
        lambda whole: bytes(len(whole)),
    ],
    ids=["empty", "half", "changed", "zeros"],
)
def test_what_was_damaged_is_made_again(
    first: bytes, installer: Installer, damage: Callable[[bytes], bytes]
) -> None:
    [kept] = wheels.CACHE.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert libraries.packed([PIN], TARGET) == first
    assert kept.read_bytes() == whole
    assert installer.runs == 2


def test_a_cache_that_cannot_be_written_fails_no_build(
    first: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(wheels, "CACHE", tmp_path / "file")
    assert libraries.packed([PIN], TARGET) == first


def test_of_a_build_that_fails_nothing_is_kept(installer: Installer) -> None:
    def fail() -> None:
        raise ClickException("no network")

    installer.before = fail
    with pytest.raises(ClickException, match="no network"):
        libraries.packed([PIN], TARGET)
    assert list(wheels.CACHE.iterdir()) == []


def test_two_builds_at_once_make_the_same(installer: Installer) -> None:
    both = threading.Barrier(2, timeout=600)
    installer.before = both.wait
    with ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda _: libraries.packed([PIN], TARGET), range(2))
    assert one == other
    assert libraries.packed([PIN], TARGET) == one
    assert installer.runs == 2
    assert len(list(wheels.CACHE.iterdir())) == 1
