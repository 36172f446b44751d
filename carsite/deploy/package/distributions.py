"""Which installed packages the function needs: the closure of requirements.txt, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from click import ClickException
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from carsite.settings.base import LANGUAGE_CODE

# Lambda's runtime has a boto3, which only management commands and Zappa's handler ask for.
PROVIDED = {"boto3"}
# Zappa deploys; of what it needs for that, its handler imports only these (and boto3).
DEPLOYS = {"zappa": ("werkzeug", "durationpy")}
# Decides what this module lists.
BUILDS = {"packaging"}

# Left out of every package: caches, installers' notes (which hold local paths), files that only
# editors, translators and compilers read, and static files, which are collected.
SUFFIXES = {".pyc", ".pyi", ".po", ".pot", ".pxd", ".pyx", ".c", ".h"}
NOTES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
FOLDERS = {"__pycache__", "static", "tests"}
# The service speaks one language; all of Django's would be a fifth of the archive.
LANGUAGES = {"en", LANGUAGE_CODE.replace("-", "_")}
# The parts of Zappa that run where it deploys from, and Django's maps, which need GDAL.
UNUSED = ("zappa/cli.py", "zappa/core.py", "zappa/letsencrypt.py", "django/contrib/gis/")


def shipped(requirements: Path) -> list[Distribution]:
    """The distributions to ship, by name.

    Raises ClickException where one is not installed, or not in the version that is pinned.
    """
    found: dict[str, Distribution] = {}
    waiting = list(_direct(requirements))
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in PROVIDED | BUILDS or name in found:
            continue
        found[name] = _installed(requirement)
        waiting += _needs(name, found[name], requirement.extras)
    return [found[name] for name in sorted(found)]


def files(package: Distribution) -> Iterator[tuple[str, Path]]:
    """What ships of a distribution: the path in the archive and the file."""
    for path in package.files or ():
        if _wanted(path):
            yield path.as_posix(), Path(str(package.locate_file(path)))


def _direct(requirements: Path) -> Iterator[Requirement]:
    for line in requirements.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            yield Requirement(text)


def _installed(requirement: Requirement) -> Distribution:
    remedy = "Run 'pip install -r requirements.txt' in this environment."
    try:
        package = distribution(requirement.name)
    except PackageNotFoundError as error:
        raise ClickException(f"{requirement} is not installed. {remedy}") from error
    if not requirement.specifier.contains(package.version, prereleases=True):
        raise ClickException(f"{requirement} is wanted, {package.version} installed. {remedy}")
    return package


def _needs(name: str, package: Distribution, extras: set[str]) -> Iterator[Requirement]:
    if name in DEPLOYS:
        yield from map(Requirement, DEPLOYS[name])
        return
    for text in package.requires or ():
        requirement = Requirement(text)
        if _applies(requirement, extras):
            yield requirement


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})


def _wanted(path: PurePosixPath) -> bool:
    return not (
        ".." in path.parts  # scripts, outside site-packages
        or FOLDERS.intersection(path.parts)
        or path.suffix in SUFFIXES
        or (path.parts[0].endswith(".dist-info") and path.name in NOTES)
        or path.as_posix().startswith(UNUSED)
        or _is_another_language(path)
    )


def _is_another_language(path: PurePosixPath) -> bool:
    _, _, rest = path.as_posix().partition("/locale/")
    return "/" in rest and rest.partition("/")[0] not in LANGUAGES
