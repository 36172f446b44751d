"""The admin's second factor, on a laptop and on Aurora DSQL, migrations included."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.environment import child
from tests.rig.services import Rig, deployed, dsql_cluster

# One process, as a keeper who begins: a code from the command line, then one from a telephone.
VISIT = """
import io, time
import django
django.setup()
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = {"username": "keeper", "password": "a-password-for-tests"}
# Those of the archive are collected (tests/carsite/deploy/package/test_build.py).
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
call_command("migrate", verbosity=0)
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
keeper = User.objects.create_superuser(**PASSWORD)

def login(**fields):
    client = Client(headers={"host": "localhost"})
    answer = client.post("/admin/login/", {**PASSWORD, **fields}, secure=True)
    inside = client.get("/admin/", secure=True).status_code == 200
    return client, answer.status_code, inside

assert login()[1:] == (200, False)
assert login(otp_token="123456")[1:] == (200, False)

code = io.StringIO()
call_command("addstatictoken", "keeper", stdout=code)
once = dict(otp_token=code.getvalue().strip(), otp_device=StaticDevice.objects.get().persistent_id)
client, *outcome = login(**once)
assert outcome == [302, True], outcome
assert login(**once)[1:] == (200, False), "a code is for once"

page = "/admin/otp_totp/totpdevice/"
key = "00112233445566778899aabbccddeeff00112233"
form = dict(user=keeper.pk, name="telephone", confirmed="on", key=key, step=30, t0=0, digits=6,
            tolerance=1, drift=0, throttling_failure_count=0)
assert client.post(f"{page}add/", form, secure=True).status_code == 302
device = TOTPDevice.objects.get()
picture = client.get(f"{page}{device.pk}/qrcode/", secure=True)
assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
otp = TOTP(bytes.fromhex(key))
otp.time = time.time()
device_id = device.persistent_id
assert login(otp_token=f"{otp.token():06d}", otp_device=device_id)[1:] == (302, True)
print("both factors")
"""


@pytest.fixture(params=["sqlite", pytest.param("dsql", marks=pytest.mark.server)])
def variables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of a database without tables."""
    if request.param == "sqlite":
        yield {
            "DJANGO_SETTINGS_MODULE": "carsite.settings.local",
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        }
        return
    rig: Rig = request.getfixturevalue("rig")
    with dsql_cluster(rig, "two_factors") as (url, _rows, gate):
        yield deployed("dsql", url) | gate.environment(gate.temporary)


def test_the_admin_asks_for_a_second_factor(root: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=root,
        env={**child(variables), "ADMIN_TWO_FACTORS": "true"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("both factors\n")
