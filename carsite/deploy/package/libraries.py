"""The packages as they ship, chosen and in bytecode: made once, and kept for the next build.

To install and compile them is most of a build. The hashes of the lock are checked when they are
made. What is kept begins with the digest of the rest: if it is damaged, it is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from carsite.deploy.package import archive, bytecode, distributions, wheels
from carsite.deploy.package.lock import Pin

DIGEST = hashlib.sha256().digest_size


def unpack(pins: Sequence[Pin], target: wheels.Target, tree: Path) -> None:
    """Put what ships of the pinned packages into the folder `tree`."""
    with zipfile.ZipFile(io.BytesIO(packed(pins, target))) as libraries:
        libraries.extractall(tree)


def packed(pins: Sequence[Pin], target: wheels.Target) -> bytes:
    """What ships of them, as an archive. Raises ClickException as `wheels.install` does."""
    kept = wheels.CACHE / f"{_key(pins, target)}.libraries"
    content = kept.read_bytes() if kept.exists() else b""
    if hashlib.sha256(content[DIGEST:]).digest() != content[:DIGEST]:
        content = _made(pins, target)
        # Keeping it only saves time.
        with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=wheels.CACHE) as folder:
            whole = Path(folder, "whole")
            whole.write_bytes(content)
            whole.replace(kept)  # of two builds at once, both make the same
    return content[DIGEST:]


def _key(pins: Sequence[Pin], target: wheels.Target) -> str:
    """Another one where anything changes that the bytes follow from, these modules included."""
    rules = [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
    given = f"{target}\n{sys.version}\n{version('pip')}\n{sorted(distributions.LANGUAGES)}\n"
    text = given + "".join(pin.text for pin in pins)
    return hashlib.sha256(b"".join([text.encode(), *rules])).hexdigest()[:16]


def _made(pins: Sequence[Pin], target: wheels.Target) -> bytes:
    with tempfile.TemporaryDirectory(prefix="carsite-libraries-") as folder:
        installed, tree, file = (Path(folder, name) for name in ("installed", "tree", "file"))
        wheels.install(pins, target, installed)
        archive.fill(tree, distributions.files(installed))
        bytecode.compile_tree(tree, sources=False)
        archive.write(tree, file)
        content = file.read_bytes()
    return hashlib.sha256(content).digest() + content
