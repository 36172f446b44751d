"""For which processor a compiled file is: read from the file, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from click import ClickException

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html: e_machine, two bytes at 18.
MAGIC = b"\x7fELF"
MACHINE = slice(18, 20)
ARCHITECTURES = {62: "x86_64", 183: "arm64"}


def architectures(tree: Path) -> Iterator[tuple[str, str]]:
    """The path below `tree`, and Zappa's word for the processor, of every file that is compiled."""
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                header = file.read(MACHINE.stop)
            if header.startswith(MAGIC):
                machine = int.from_bytes(header[MACHINE], "little")
                name = ARCHITECTURES.get(machine, f"machine {machine}")
                yield path.relative_to(tree).as_posix(), name


def check(tree: Path, architecture: str) -> None:
    """Raise ClickException for a file that the function's processor cannot run."""
    wrong = [f"{path} ({found})" for path, found in architectures(tree) if found != architecture]
    if wrong:
        raise ClickException(
            f"The function runs on {architecture}, and these files do not:"
            f" {', '.join(wrong)}. Nothing was uploaded."
        )
