"""`make run-regular` and `make run-dsql`, from the start to Ctrl-C."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.rig.ports import free_port
from tests.rig.service import ROOT, Client

ENGINES = {"regular": "dbauth.password", "dsql": "dbauth.dsql"}
OPTIONS = {"regular": [], "dsql": ["--peer"]}
PASSWORD = re.compile(r"user is (\w+), the password (\S+)")
END_SECONDS = 300

pytestmark = pytest.mark.timeout(1200)


@dataclass
class Life:
    """What was seen of a stage from its start to Ctrl-C."""

    stage: str
    cars: list[dict[str, Any]]
    elsewhere: list[dict[str, Any]]
    health: dict[str, Any]
    admin: requests.Response
    style: requests.Response
    log: str
    status: int
    survivors: list[psutil.Process]
    data: list[Path]


def live(stage: str, port: int, process: subprocess.Popen[str], log: Path) -> Life:
    """Use the stage that is starting as a browser does, and end it."""
    client = Client(f"http://127.0.0.1:{port}", "", verify=True)
    name, password = administrator(process, log)
    wait_until_it_answers(client, process, log)
    client.login(name, password)
    admin = client.get("/admin/cars/car/", headers={"Accept": "text/html"})
    style = re.search(r'href="(/static/admin/css/base\.\w+\.css)"', admin.text)
    assert style, admin.text
    cars, health, css = map(client.get, ("/cars?page_size=200", "/health", style[1]))
    other = Client(f"http://127.0.0.1:{port + len(OPTIONS[stage])}", "", verify=True)
    wait_until_it_answers(other, process, log)
    elsewhere = other.get("/cars?page_size=200")
    children = psutil.Process(process.pid).children(recursive=True)
    commands = [child.cmdline() for child in children]
    data = [Path(words[words.index("-D") + 1]) for words in commands if "-D" in words]
    process.send_signal(signal.SIGINT)
    status = process.wait(END_SECONDS)
    survivors = psutil.wait_procs(children, timeout=END_SECONDS)[1]
    return Life(
        stage,
        cars.json()["results"],
        elsewhere.json()["results"],
        health.json(),
        admin,
        css,
        log.read_text(),
        status,
        survivors,
        data,
    )


def administrator(process: subprocess.Popen[str], log: Path) -> tuple[str, str]:
    """The name and password that the stage prints once it is ready."""
    for line in process.stdout or ():
        if found := PASSWORD.search(line):
            return found[1], found[2]
    raise AssertionError(f"the stage did not start:\n{log.read_text()}")


def wait_until_it_answers(client: Client, process: subprocess.Popen[str], log: Path) -> None:
    while True:
        try:
            client.get("/health")
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            return


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(stage, marks=pytest.mark.xdist_group(f"run-{stage}")) for stage in ENGINES
    ],
)
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    port, log = free_port(in_a_row=2), tmp_path_factory.mktemp(request.param) / "log"
    command = [sys.executable, "-m", "tests.rig.stages", request.param, "--port", str(port)]
    command += OPTIONS[request.param]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            return live(request.param, port, process, log)
        finally:
            process.terminate()


def test_the_sample_is_there_on_the_stages_own_engine(life: Life) -> None:
    sample = (ROOT / "cars" / "sample" / "cars.csv").read_text().splitlines()
    assert len(life.cars) == len(sample) - 1
    assert life.health == {"status": "ok", "engine": ENGINES[life.stage]}


def test_every_region_serves_the_same_cars(life: Life) -> None:
    assert [car["id"] for car in life.elsewhere] == [car["id"] for car in life.cars]


def test_the_printed_password_opens_the_admin_with_its_style(life: Life) -> None:
    assert life.admin.status_code == 200
    assert "Log out" in life.admin.text
    assert life.style.headers["Content-Type"].startswith("text/css")


def test_changes_of_the_code_are_watched(life: Life) -> None:
    assert "Watching for file changes" in life.log


def test_ctrl_c_leaves_no_process_and_no_data(life: Life) -> None:
    assert life.status == 0
    assert life.survivors == []
    assert len(life.data) == 1
    assert not life.data[0].parent.exists()
    assert "Traceback" not in life.log
