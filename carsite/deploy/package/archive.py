"""The archive as a file: reproducible, within Lambda's limits, free of what must not leave."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from click import ClickException

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAXIMUM_UNPACKED_BYTES = 250 * 1024 * 1024

# The earliest time that the format can hold. Any constant would do: what matters is that it is one.
EPOCH = (1980, 1, 1, 0, 0, 0)
PLAIN, EXECUTABLE = 0o100644, 0o100755

FORBIDDEN_FOLDERS = {"tests", "terraform", "benchmarks", "docs"}  # of the project
FORBIDDEN_NAMES = (
    *(".env", ".env.*", "*.env", "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json"),
    *(".terraform*", "*.tfplan", "*.pem", "*.key", "*.p12", "*.pfx", "id_rsa*", "id_ed25519*"),
    *(".git", ".aws", ".ssh", ".netrc", ".pgpass", ".venv*", "*.sqlite3", "*.sqlite3-*"),
)
# Public certificates, which the function verifies its database with.
PUBLIC = {"carsite/rds-global-bundle.pem", "certifi/cacert.pem"}


def forbidden(names: Iterable[str]) -> list[str]:
    """Those of the archive's paths that must never be in it."""
    return sorted(name for name in names if name not in PUBLIC and _is_forbidden(name))


def _is_forbidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[0] in FORBIDDEN_FOLDERS or any(
        fnmatchcase(part, pattern) for part in parts for pattern in FORBIDDEN_NAMES
    )


def fill(tree: Path, files: Iterable[tuple[str, Path]]) -> None:
    """Copy files into the folder `tree`; `files` are pairs of a path there and a source."""
    for name, source in files:
        destination = tree / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, destination)


def write(tree: Path, target: Path) -> None:
    """Pack the folder `tree` into the file `target`: the same tree gives the same bytes.

    Raises ClickException, before it writes, for a forbidden path or too much of everything.
    """
    paths = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    if wrong := forbidden(paths):
        raise ClickException(
            f"These files must not ship: {', '.join(wrong)}. Move them out of the project's"
            " packages; nothing was uploaded."
        )
    size = sum(path.stat().st_size for path in paths.values())
    if size > MAXIMUM_UNPACKED_BYTES:
        raise ClickException(
            f"The package would be {size:,} bytes unpacked, and Lambda takes"
            f" {MAXIMUM_UNPACKED_BYTES:,}; nothing was uploaded."
        )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(paths):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, wherever it is built: Lambda reads the modes
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (EXECUTABLE if ".so" in Path(name).suffixes else PLAIN) << 16
            archive.writestr(entry, paths[name].read_bytes())
