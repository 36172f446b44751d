"""What ships of the packages that the function needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from carsite.settings.base import LANGUAGE_CODE

# Left out of every package: caches, installers' notes (which hold local paths), files that only
# editors, translators and compilers read, and static files, which are collected.
SUFFIXES = {".pyc", ".pyi", ".po", ".pot", ".pxd", ".pyx", ".c", ".h"}
NOTES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
FOLDERS = {"__pycache__", "static", "tests"}
SCRIPTS = "bin"
# The service speaks one language; all of Django's would be a fifth of the archive.
LANGUAGES = {"en", LANGUAGE_CODE.replace("-", "_")}
# Parts of Zappa that run where it deploys from, Django's maps, which need GDAL, and its backends
# without a driver here.
UNUSED = (
    *("zappa/cli.py", "zappa/core.py", "zappa/letsencrypt.py", "django/contrib/gis/"),
    *("django/db/backends/mysql/", "django/db/backends/oracle/"),
)


def files(installed: Path) -> Iterator[tuple[str, Path]]:
    """What ships of a folder that packages were installed in: path in the archive, and file."""
    for file in installed.rglob("*"):
        path = PurePosixPath(file.relative_to(installed).as_posix())
        if file.is_file() and _wanted(path):
            yield path.as_posix(), file


def _wanted(path: PurePosixPath) -> bool:
    return not (
        path.parts[0] == SCRIPTS
        or FOLDERS.intersection(path.parts)
        or path.suffix in SUFFIXES
        or (path.parts[0].endswith(".dist-info") and path.name in NOTES)
        or path.as_posix().startswith(UNUSED)
        or _is_another_language(path)
    )


def _is_another_language(path: PurePosixPath) -> bool:
    _, _, rest = path.as_posix().partition("/locale/")
    return "/" in rest and rest.partition("/")[0] not in LANGUAGES
