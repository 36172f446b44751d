"""The packages for the function's Python and architecture, whichever they are here."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from click import ClickException, echo

from carsite.deploy.package import binaries
from carsite.deploy.package.lock import Pin

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: Amazon Linux 2 has glibc 2.26,
# Amazon Linux 2023, which every later Python runs on, has 2.34.
GLIBC = {"python3.11": 26}
LATER_GLIBC = 34
OLDEST_GLIBC = 17  # of manylinux2014
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# Downloads stay in the virtual environment, so that only the first build needs the network.
CACHE = Path(sys.prefix, "wheels")


@dataclass(frozen=True)
class Target:
    """What the function runs on, in Zappa's words: "python3.12" on "x86_64"."""

    runtime: str
    architecture: str

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"

    @property
    def tags(self) -> list[str]:
        """Pip's options for files that run there."""
        machine = MACHINES[self.architecture]
        newest = GLIBC.get(self.runtime, LATER_GLIBC)
        systems = [
            f"manylinux_2_{minor}_{machine}" for minor in range(newest, OLDEST_GLIBC - 1, -1)
        ]
        platforms = [*systems, f"manylinux2014_{machine}"]
        python = ["--implementation=cp", f"--python-version={self.runtime.removeprefix('python')}"]
        return [*python, *(f"--platform={platform}" for platform in platforms)]


def install(pins: Iterable[Pin], target: Target, folder: Path) -> None:
    """Unpack the pinned packages into `folder`, each checked against the lock's hashes.

    Raises ClickException where one is missing, changed, or compiled for another processor.
    """
    requirements = "".join(pin.text for pin in pins)
    files = fetch(requirements, target)
    offline = ("--no-index", f"--find-links={files}")
    _pip("install", requirements, target, "--no-compile", f"--target={folder}", *offline)
    binaries.check(folder, target.architecture)


def fetch(requirements: str, target: Target) -> Path:
    """The folder of the packages' files, downloaded the first time."""
    key = hashlib.sha256(f"{target}\n{requirements}".encode()).hexdigest()[:16]
    files = CACHE / key
    if not files.is_dir():
        echo(f"Downloading the packages for {target}.")
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _pip("download", requirements, target, f"--dest={folder}/whole")
            try:
                Path(folder, "whole").rename(files)
            except OSError:  # another build was faster
                if not files.is_dir():
                    raise
    return files


def _pip(command: str, requirements: str, target: Target, *options: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(requirements)
        file.flush()
        wanted = (
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
            f"--requirement={file.name}",
        )
        pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", command)
        done = subprocess.run(
            [*pip, *wanted, *target.tags, *options], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise ClickException(f"The packages for {target} cannot be had:\n{done.stderr.strip()}")
