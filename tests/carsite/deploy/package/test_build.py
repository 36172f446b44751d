"""What ships: small, complete, valid bytecode, the same each time, and nothing that must not."""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import re
import shutil
import subprocess
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from carsite.deploy.package import archive, lock, wheels
from tests.rig.environment import child, way_out
from tests.rig.packages import Package
from tests.rig.project_copy import PLANTED, TARGET, Project, copy
from tests.rig.services import Rig

pytestmark = [pytest.mark.xdist_group("packages"), pytest.mark.timeout(1800)]

MAXIMUM_ZIP_BYTES = 12_000_000
MAXIMUM_UNPACKED_BYTES = 36_000_000
UNCHECKED_HASH = 0b01  # PEP 552
EVERYTHING_DEPLOYED = {"carsite", "cars", "dbauth", "django", "rest_framework", "zappa", "psycopg2"}
ONLY_FOR_DEPLOYING = {"boto3", "botocore", "requests", "yaml", "troposphere", "pip", "packaging"}
ONLY_FOR_TESTS = {"pytest", "moto", "mypy", "playwright", "tests", "drf_spectacular", "psutil"}


@pytest.fixture(params=["regular", "dsql"])
def package(request: pytest.FixtureRequest, rig: Rig) -> Package:
    return rig.package(request.param)


@pytest.fixture
def contents(package: Package) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(package.archive) as opened:
        yield opened


def test_it_is_small(package: Package, contents: zipfile.ZipFile) -> None:
    assert package.archive.stat().st_size <= MAXIMUM_ZIP_BYTES
    assert sum(entry.file_size for entry in contents.infolist()) <= MAXIMUM_UNPACKED_BYTES


def test_it_holds_what_runs_and_nothing_that_deploys_or_tests(contents: zipfile.ZipFile) -> None:
    top = {name.partition("/")[0] for name in contents.namelist()}
    assert top >= EVERYTHING_DEPLOYED
    assert top & (ONLY_FOR_DEPLOYING | ONLY_FOR_TESTS) == set()
    names = contents.namelist()
    assert "dbauth/iam/amazon-roots.crt" in names
    assert not [
        name for name in names if name.startswith(("carsite/deploy", "carsite/zappa_hooks"))
    ]


def test_no_forbidden_path_and_no_secret_is_in_it(contents: zipfile.ZipFile) -> None:
    """The project's folder holds them all (tests.rig.project_copy), each with the same secret."""
    assert archive.forbidden(contents.namelist()) == []
    secret = PLANTED.encode()
    assert not [name for name in contents.namelist() if secret in contents.read(name)]


def test_no_path_of_the_machine_that_built_it_is_in_it(
    package: Package, contents: zipfile.ZipFile
) -> None:
    here = str(package.archive.parent).encode()
    assert not [name for name in contents.namelist() if here in contents.read(name)]


OWN = {"carsite", "cars", "dbauth", "zappa_settings.py"}


def test_every_module_has_bytecode_that_python_will_not_question(contents: zipfile.ZipFile) -> None:
    names = contents.namelist()
    compiled = {name: contents.read(name) for name in names if name.endswith(".pyc")}
    assert len(compiled) > 500
    for name, content in compiled.items():
        assert content[:4] == importlib.util.MAGIC_NUMBER, name
        assert int.from_bytes(content[4:8], "little") == UNCHECKED_HASH, name
        code = marshal.loads(content[16:])  # noqa: S302 - we compiled it ourselves
        assert code.co_filename == f"/var/task/{_source(name)}"


def test_the_projects_own_modules_have_their_sources(contents: zipfile.ZipFile) -> None:
    """Those of libraries are left out."""
    sources = [name for name in contents.namelist() if name.endswith(".py")]
    assert {name.partition("/")[0] for name in sources} == OWN
    for name in sources:
        compiled = contents.read(importlib.util.cache_from_source(name))
        assert compiled[8:16] == importlib.util.source_hash(contents.read(name)), name


def _source(compiled: str) -> str:
    if "__pycache__" in compiled:
        return importlib.util.source_from_cache(compiled)
    return compiled.removesuffix("c")


def test_static_files_are_hashed_compressed_and_complete(contents: zipfile.ZipFile) -> None:
    names = set(contents.namelist())
    static = [name for name in names if name.startswith("staticfiles/")]
    hashed = [name for name in static if name != "staticfiles/staticfiles.json"]
    assert all(re.search(r"\.[0-9a-f]{12}(\.|$)", name) for name in hashed)
    assert not [name for name in hashed if name.endswith((".map", ".map.gz", ".png.gz"))]
    paths = json.loads(contents.read("staticfiles/staticfiles.json"))["paths"]
    bundle = "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
    pages = ["admin/css/base.css", "rest_framework/css/bootstrap.min.css", bundle]
    # Of an app that a variable of the function installs.
    pages.append("django_otp/css/login.css")
    for page in pages:
        assert {f"staticfiles/{paths[page]}", f"staticfiles/{paths[page]}.gz"} <= names


@pytest.fixture(scope="module")
def another_environment(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment, with what requirements.lock says and pip.

    It has the packages' files and nothing that was made of them.
    """
    folder = tmp_path_factory.mktemp("environment") / "another"
    venv.create(folder, symlinks=True, with_pip=True)
    python = folder / "bin" / "python"
    # Not by uv, which does not know what mirror pip is told to use.
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = [*install, "--no-compile", "--require-hashes", "-r", str(root / "requirements.lock")]
    subprocess.run(locked, env=child(way_out()), check=True, timeout=600)
    shipped = "".join(pin.text for pin in lock.shipped(root / "requirements.lock"))
    files = wheels.fetch(shipped, TARGET)
    shutil.copytree(files, folder / "wheels" / files.name)
    return python


@pytest.mark.parametrize("stage", ["regular", "dsql"])
def test_two_builds_in_two_environments_are_the_same_bytes(
    rig: Rig, tmp_path: Path, another_environment: Path, stage: str
) -> None:
    """Another folder, time, hash seed, umask and time zone too, and secrets in the environment.

    The first build there makes the libraries, the second one takes what is kept of them.
    """
    first = rig.package(stage).archive
    project = copy(tmp_path / "elsewhere" / "project")
    with zipfile.ZipFile(first) as one:  # each copy has certificates of its own
        one.extract("carsite/rds-global-bundle.pem", project.folder)
    secrets = {"DATABASE_PASSWORD": PLANTED, "DJANGO_SECRET_KEY": PLANTED}
    again = tmp_path / "again.zip"
    before = os.umask(0o077)
    try:
        done = project.zappa(
            *("package", stage, "--output", str(again)),
            environment={"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", **secrets},
            python=another_environment,
        )
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stdout + done.stderr
    assert again.read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    "name",
    [".env", "secret.pem", "data.sqlite3", "old.tfstate", "nested/id_rsa", ".env.production"],
)
def test_a_forbidden_file_inside_a_package_stops_the_build(tmp_path: Path, name: str) -> None:
    planted = tmp_path / "tree" / "cars" / name
    planted.parent.mkdir(parents=True)
    planted.write_text(PLANTED)
    with pytest.raises(Exception, match="must not ship: cars/") as raised:
        archive.write(tmp_path / "tree", tmp_path / "out.zip")
    assert name in str(raised.value)
    assert not (tmp_path / "out.zip").exists()


def test_a_package_over_lambdas_limit_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with (tmp_path / "tree" / "large.bin").open("wb") as file:
        os.truncate(file.fileno(), archive.MAXIMUM_UNPACKED_BYTES + 1)
    with pytest.raises(Exception, match=r"262,144,001 bytes unpacked"):
        archive.write(tmp_path / "tree", tmp_path / "out.zip")


def test_without_aws_certificates_there_is_no_regular_package(tmp_path: Path) -> None:
    project: Project = copy(tmp_path / "project")
    (project.folder / "carsite" / "rds-global-bundle.pem").unlink()
    done = project.zappa("package", "regular", "--output", str(tmp_path / "out.zip"))
    assert done.returncode == 1
    assert "manage.py fetch_rds_ca" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
