"""What ships of the project itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from click import ClickException

from carsite.deploy.outputs import ROOT

PACKAGES = ("carsite", "cars", "dbauth")
# Runs where it is deployed from; static files ship collected.
LEFT_OUT = {
    *("__pycache__", "carsite/deploy", "carsite/zappa_hooks.py", "carsite/static"),
    *("dbauth/LICENSE", "dbauth/README.md", "dbauth/pyproject.toml"),
}

# Not linked from any page: what else drf-spectacular-sidecar brings, and scripts that the admin
# loads with DEBUG alone.
UNLINKED_STATIC = (
    *("drf_spectacular_sidecar/redoc/*", "*/swagger-ui-standalone-preset.*"),
    *(f"admin/js/vendor/*/{name}.js" for name in ("jquery", "select2.full", "xregexp")),
)
# Linked from files that ship, so they must be there to be hashed: source maps, and fonts for
# browsers that know no WOFF.
UNUSED_STATIC = (
    "*.map",
    *(f"rest_framework/fonts/*.{kind}*" for kind in ("eot", "svg", "ttf")),
)


def files(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """The path in the archive and the file, of every file of the project's packages."""
    for package in PACKAGES:
        for folder, folders, names in os.walk(root / package):
            here = Path(folder).relative_to(root)
            folders[:] = [name for name in folders if not _left_out(here / name)]
            for name in names:
                if not _left_out(here / name):
                    yield (here / name).as_posix(), Path(folder, name)


def _left_out(path: Path) -> bool:
    return path.name in LEFT_OUT or path.as_posix() in LEFT_OUT


def collect_static(destination: Path, root: Path = ROOT) -> None:
    """Run collectstatic as the deployed stages would: hashed and compressed.

    Nothing of what the environment holds takes part, and the settings' required secrets get
    values that serve nobody.
    """
    unlinked = [f"--ignore={pattern}" for pattern in UNLINKED_STATIC]
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0", *unlinked],
        cwd=root,
        env={
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "carsite.settings.regular",
            "DJANGO_SECRET_KEY": "unused",
            "DATABASE_URL": "postgresql://unused@unused.invalid/unused",
            "AWS_REGION": "us-east-1",
            "ADMIN_TWO_FACTORS": "true",  # whose pages have styles of their own
            "STATIC_ROOT": str(destination),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ClickException(f"collectstatic failed:\n{done.stderr.strip()}")
