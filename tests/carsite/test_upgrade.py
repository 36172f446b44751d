"""docs/upgrade.md, done as it says: cars moved to Aurora DSQL, secrets replaced under a service."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from tests.contract.cars import COROLLA
from tests.rig.ports import free_port
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import ROOT, Client, Service
from tests.rig.services import Rig, regular, running_dsql

# Slower than the rest, and all on one server of their own.
pytestmark = pytest.mark.xdist_group("upgrade")

TEXT = (ROOT / "docs" / "upgrade.md").read_text()
KEY = "another-key-that-is-long-enough-and-random-enough-for-the-tests-6789"
READS = "target_session_attrs=any"
CARS = 10_000
# Everything that could be lost on the way: microseconds, NULL, quotes, line ends, letters.
MAKE_CARS = f"""
INSERT INTO cars_car (id, make, model, year, vin, color, mileage, created_at, updated_at,
    idempotency_fingerprint)
SELECT gen_random_uuid(), 'Make ' || n % 37, E'Mod\\u00e8le "' || n || E'" \\r\\n \\\\ \\x01',
    1900 + n % 120, CASE WHEN n % 3 > 0 THEN 'TMB' || lpad(n::text, 14, '0') END,
    CASE WHEN n % 4 > 0 THEN 'blue; ''n'' ' || n END, n * 97 % 1000000,
    timestamptz '2026-01-01' + n * interval '1.000001 s',
    timestamptz '2026-06-01' + n * interval '0.000007 s',
    CASE WHEN n % 5 = 0 THEN md5(n::text) || md5('x' || n) END
FROM generate_series(1, {CARS - 1}) n
"""
CONTENTS = {
    "cars_car": "SELECT * FROM cars_car ORDER BY id",
    "users": "SELECT id, username, password, date_joined, is_superuser FROM auth_user ORDER BY id",
    "groups": "SELECT id, name FROM auth_group ORDER BY id",
    "permissions": (
        "SELECT group_id, codename FROM auth_group_permissions"
        " JOIN auth_permission p ON p.id = permission_id ORDER BY 1, 2"
    ),
    "members": "SELECT user_id, group_id FROM auth_user_groups ORDER BY 1, 2",
    "sessions": "SELECT * FROM django_session ORDER BY 1",
    "history": (
        "SELECT l.id, action_time, user_id, object_id, action_flag, change_message, model"
        " FROM django_admin_log l JOIN django_content_type c ON c.id = content_type_id ORDER BY 1"
    ),
}


class Stages(NamedTuple):
    regular: Service
    dsql: Service


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with running_postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def stages(
    rig: Rig, server: PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stages]:
    own = Rig(tmp_path_factory.mktemp("upgrade"), lambda: server, rig.shared)
    with regular(own) as old, running_dsql(own) as (new, _gate):
        new.rows("DELETE FROM auth_user")  # made by the rig; the page wants an empty database
        yield Stages(old, new)


@pytest.fixture(autouse=True)
def _as_before(server: PostgreSQL, stages: Stages) -> Iterator[None]:
    """What a test did to the regular stage's database is over for the next one."""
    yield
    server.execute("ALTER DATABASE regular RESET default_transaction_read_only")
    end_connections(server)


def end_connections(server: PostgreSQL) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'regular'"
    )


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def commands(stage: str) -> list[list[str]]:
    """What the page runs with the settings of a stage to move it."""
    blocks = re.findall(
        r"```bash\n *# (\w+)\n(.*?)```",
        section("Move from Aurora PostgreSQL to Aurora DSQL"),
        re.DOTALL,
    )
    lines = [line.strip() for name, block in blocks if name == stage for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line and not line.startswith("umask")]


def test_ten_thousand_cars_move_to_dsql_as_the_page_says(server, stages, tmp_path):
    old, new = stages
    keyed = {"json": {**COROLLA, "model": "keyed"}, "headers": {"Idempotency-Key": "before"}}
    old.rows(MAKE_CARS)
    with old.client() as client:
        keeper = make_history(old, client.post("/cars", **keyed).json()["id"])
        car = client.post("/cars", **keyed).json()

    for statement in re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)[0].strip().split(";\n"):
        server.execute(statement.replace("car_entities", "regular"), "regular")
    with old.client() as client:
        assert client.get("/cars").status_code == 503
        assert client.post("/cars", json=COROLLA).status_code == 503

    [dump] = commands("regular")
    user, migrate, load, again, compare = commands("dsql")
    assert user[2] == "create_db_user"  # the rig has made it
    url = old.environment["DATABASE_URL"]
    assert READS in TEXT
    run(redeployed(old, DATABASE_URL=f"{url}&{READS}"), dump, tmp_path)
    run(new, migrate, tmp_path)
    interrupt(new, load, tmp_path)
    assert 0 < stored(new) < CARS
    run(new, load, tmp_path)
    run(new, again, tmp_path)
    done = subprocess.run(compare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")

    for name, sql in CONTENTS.items():
        rows = old.rows(sql)
        assert rows, name
        assert new.rows(sql) == rows, name
    assert stored(new) == CARS
    with new.client() as client:
        assert client.post("/cars", **keyed).json() == car
        assert stored(new) == CARS
        client.cookies.update(keeper.cookies)
        page = f"/admin/cars/car/{car['id']}/history/"
        assert "Changed Mileage" in client.get(page).text
        assert client.submit("/admin/auth/group/add/", {"name": "later"}).status_code == 302
    assert new.rows("SELECT count(*) FROM auth_group WHERE id > 1") == [(1,)]


def make_history(service: Service, car: str) -> Client:
    """A group, its member, a change of a car and a session; the client that is logged in."""
    keeper = service.client()
    keeper.login()
    group = {"name": "dealers", "permissions": ["1", "2"]}
    assert keeper.submit("/admin/auth/group/add/", group).status_code == 302
    service.rows("INSERT INTO auth_user_groups (user_id, group_id) SELECT 1, id FROM auth_group")
    form = {**COROLLA, "model": "keyed", "vin": "", "color": "", "mileage": "5"}
    assert keeper.submit(f"/admin/cars/car/{car}/change/", form).status_code == 302
    return keeper


def run(service: Service, command: list[str], folder: Path) -> None:
    assert command[:2] == ["python", "manage.py"]
    service.manage(*inside(command[2:], folder))


def inside(arguments: list[str], folder: Path) -> list[str]:
    """The page's files are in the folder that one is in, which for the test is another."""
    return [str(folder / each) if each.endswith(".jsonl") else each for each in arguments]


def interrupt(service: Service, command: list[str], folder: Path) -> None:
    """Run a command, and kill it when some of its cars are stored."""
    process = psutil.Popen(
        [sys.executable, *inside(command[1:], folder)], cwd=ROOT, env=service._environment()
    )
    while process.poll() is None and stored(service) < CARS // 4:
        time.sleep(0.05)
    process.kill()
    process.wait(timeout=600)


def stored(service: Service) -> int:
    [(count,)] = service.rows("SELECT count(*) FROM cars_car")
    return int(count)


def redeployed(service: Service, **variables: Any) -> Service:
    """The same stage with other variables, as a process of its own."""
    environment = {**service.environment, **variables}
    return replace(service, environment=environment, port=free_port(), process=None)


def test_a_new_secret_key_logs_nobody_out_while_the_old_one_is_a_fallback(stages):
    old = stages.regular
    keeper, idle = old.client(), old.client()
    keeper.login()
    idle.login()
    both = redeployed(
        old,
        DJANGO_SECRET_KEY=KEY,
        DJANGO_SECRET_KEY_FALLBACKS=old.environment["DJANGO_SECRET_KEY"],
    )
    assert status(both, keeper) == 200
    after = redeployed(old, DJANGO_SECRET_KEY=KEY, DJANGO_SECRET_KEY_FALLBACKS="")
    assert status(after, keeper) == 200
    assert status(after, idle) == 302


def status(service: Service, visitor: Client) -> int:
    """How the admin receives a visitor; the cookies are the visitor's, before and after."""
    service.start()
    try:
        with service.client() as client:
            client.cookies = visitor.cookies
            return client.get("/admin/").status_code
    finally:
        service.stop()


@pytest.fixture
def change_password(server: PostgreSQL) -> Iterator[Callable[[str], None]]:
    """Gives the database's user another password, until the test is over."""
    before = server.password

    def change(password: str) -> None:
        server.execute(f"ALTER ROLE {server.user} PASSWORD '{password}'")
        server.password = password

    yield change
    change(before)


# A function between two requests: with the connection that it has, then with a new one.
FUNCTION = """
from django.db import OperationalError, connection
from cars.models import Car
print(Car.objects.exists() in (True, False), flush=True)
input()
print(Car.objects.exists() in (True, False))
connection.close()
try:
    Car.objects.exists()
except OperationalError as error:
    print("password authentication failed" in str(error))
"""


def test_a_new_password_leaves_open_connections_alone_and_the_next_deploy_connects(
    server, stages, change_password
):
    url = stages.regular.environment["DATABASE_URL"]
    after = redeployed(stages.regular, DATABASE_URL=url.replace(server.password, "the-new-one"))
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", FUNCTION],
        cwd=ROOT,
        env=stages.regular._environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as function:
        assert function.stdout
        assert function.stdout.readline() == "True\n"
        change_password("the-new-one")
        assert function.communicate("\n", timeout=600)[0] == "True\nTrue\n"
    after.start()
    try:
        with after.client() as client:
            assert client.get("/cars").status_code == 200
    finally:
        after.stop()
