"""The archive's compiled files are the function's processor's, wherever it is built."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest
from click import ClickException

from carsite.deploy.package import binaries, lock, wheels
from tests.rig.environment import way_out

# Those that have compiled files; Python 3.12, because psycopg2-binary has none for 3.11 on arm64.
COMPILED = ("markupsafe", "orjson", "psycopg2-binary")
RUNTIME = "python3.12"


def elf(machine: int) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + machine.to_bytes(2, "little")


def test_the_locks_packages_come_for_arm64_too(root: Path, tmp_path: Path) -> None:
    """By pip's platform tags alone: no container, no emulator. Every build checks x86-64's."""
    pins = {pin.name: pin for pin in lock.shipped(root / "requirements.lock")}
    target = wheels.Target(RUNTIME, "arm64")
    with mock.patch.dict(os.environ, way_out()):
        wheels.install([pins[name] for name in COMPILED], target, tmp_path)
    found = dict(binaries.architectures(tmp_path))
    assert {path.partition("/")[0] for path in found} >= {"markupsafe", "orjson", "psycopg2"}
    assert set(found.values()) == {"arm64"}
    binaries.check(tmp_path, "arm64")


def test_a_file_for_another_processor_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "c.so").write_bytes(elf(62))
    (tmp_path / "fast" / "other.so").write_bytes(elf(243))
    (tmp_path / "fast" / "text.so").write_text("no program")
    with pytest.raises(ClickException) as raised:
        binaries.check(tmp_path, "arm64")
    assert "runs on arm64" in raised.value.message
    assert "fast/c.so (x86_64), fast/other.so (machine 243)" in raised.value.message
    assert "text.so" not in raised.value.message
