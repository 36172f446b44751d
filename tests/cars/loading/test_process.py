"""manage.py load_cars as a process, on PostgreSQL: pipes, terminals, signals and crashes."""

from __future__ import annotations

import contextlib
import itertools
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.rig.environment import child
from tests.rig.postgresql import PostgreSQL

HEADER = "make,model,year,mileage\n"
names = (f"load_{number}" for number in itertools.count())


def csv(first: int, last: int) -> str:
    """Rows told apart by their mileage."""
    return "".join(f"VW,Golf,2015,{number}\n" for number in range(first, last))


@dataclass
class Loads:
    """Runs the command on a database of its own."""

    server: PostgreSQL
    database: str
    root: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        environment = child(
            DJANGO_SETTINGS_MODULE="carsite.settings.local",
            DATABASE_URL=self.server.url(self.database),
            LOG_LEVEL="WARNING",  # a new connection is a line of its own
        )
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=environment,
            text=True,
            **{**pipes, **options},
        )
        self.processes.append(process)
        return process

    def end(self) -> None:
        """Leaves no process and no pipe behind, whatever a test ended with."""
        for process in self.processes:
            process.kill()
            process.communicate()

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        """Both streams of `manage.py load_cars`, which ends with `code`."""
        process = self.start("load_cars", *arguments)
        output, errors = process.communicate(stdin, timeout=600)
        assert process.returncode == code, output + errors
        return output + errors

    def count(self) -> int:
        ((count,),) = self.server.execute("SELECT count(*) FROM cars_car", self.database)
        return int(count)

    def wait_for(self, stored: int, process: subprocess.Popen[str]) -> None:
        """Until so many cars are there, or the process is not."""
        deadline = time.monotonic() + 60
        while self.count() < stored and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def mileages(self) -> list[int]:
        sql = "SELECT mileage FROM cars_car ORDER BY created_at, id"
        return [row[0] for row in self.server.execute(sql, self.database)]


@pytest.fixture(scope="module")
def migrated(postgresql: PostgreSQL, root: Path) -> str:
    loads = Loads(postgresql, postgresql.create_database(f"{os.getpid()}_migrated"), root)
    migration = loads.start("migrate", "--verbosity=0")
    assert migration.communicate(timeout=600) == ("", "")
    return loads.database


@pytest.fixture
def loads(postgresql: PostgreSQL, migrated: str, root: Path) -> Iterator[Loads]:
    name = f"{os.getpid()}_{next(names)}"
    loads = Loads(postgresql, postgresql.create_database(name, template=migrated), root)
    yield loads
    loads.end()


@contextlib.contextmanager
def stuck(loads: Loads, rows: str, stored: int) -> Iterator[subprocess.Popen[str]]:
    """A load from a pipe that gave `rows` and then nothing more."""
    process = loads.start("load_cars", "-", "--source=cars.csv", "--batch-size=100")
    try:
        assert process.stdin
        process.stdin.write(HEADER + rows)
        process.stdin.flush()
        loads.wait_for(stored, process)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_standard_input_is_a_file_like_any_other(loads: Loads) -> None:
    rows = '[{"make": "VW", "model": "Golf", "year": 2015}, {"make": "VW"}]'
    assert "element 2 (line 1): model: This field is required." in loads.run(
        "-", stdin=rows, code=1
    )
    assert loads.run("-", stdin=HEADER + csv(0, 3)) == "stdin: 3 loaded, 0 already there\n"
    again = loads.run("-", stdin=HEADER + csv(0, 3))
    assert again.startswith("stdin: 0 loaded, 3 already there\n")
    assert 'the source name "stdin"' in again
    assert "there is nothing in this file" in loads.run("-", stdin="", code=1)


def test_what_a_pipe_has_given_is_stored_before_it_ends(loads: Loads) -> None:
    with stuck(loads, csv(0, 250), stored=200):
        assert loads.mileages() == list(range(200))


def test_ctrl_c_ends_it_cleanly_and_the_next_run_continues(loads: Loads, tmp_path: Path) -> None:
    with stuck(loads, csv(0, 250), stored=200) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "cars.csv: interrupted." in errors
    assert "Up to here: 200 loaded, 0 already there." in errors
    assert "Traceback" not in errors
    file = tmp_path / "cars.csv"
    file.write_text(HEADER + csv(0, 500))
    assert loads.run(str(file)).startswith("cars.csv: 300 loaded, 200 already there\n")
    assert loads.mileages() == list(range(500))


def test_killed_in_the_middle_and_run_again_it_has_each_car_once(
    loads: Loads, tmp_path: Path
) -> None:
    file = tmp_path / "cars.csv"
    file.write_text(HEADER + csv(0, 20_000))
    for stored in (1_000, 5_000):
        process = loads.start("load_cars", str(file), "--batch-size=200")
        loads.wait_for(stored, process)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert loads.count() % 200 == 0
    assert "already there" in loads.run(str(file))
    assert loads.mileages() == list(range(20_000))


def test_two_loads_of_one_file_at_the_same_time_store_each_car_once(
    loads: Loads, tmp_path: Path
) -> None:
    file = tmp_path / "cars.csv"
    file.write_text(HEADER + csv(0, 4_000))
    both = [loads.start("load_cars", str(file), "--batch-size=100") for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
    assert loads.mileages() == list(range(4_000))


def test_a_database_that_goes_away_is_said_and_the_next_run_continues(
    loads: Loads, tmp_path: Path
) -> None:
    with stuck(loads, csv(0, 100), stored=100) as process:
        loads.server.stop(signal.SIGKILL)
        try:
            _, errors = process.communicate(csv(100, 300), timeout=600)
            down = loads.run("-", stdin=HEADER + csv(0, 300), code=1)
        finally:
            loads.server.start()
    assert process.returncode == 1
    assert "cars.csv: the database fails or does not answer" in errors
    assert "Up to here: 100 loaded, 0 already there." in errors
    for text in (errors, down):
        assert "Run the same command again to continue" in text
        assert "Traceback" not in text
        assert loads.server.password not in text
    file = tmp_path / "cars.csv"
    file.write_text(HEADER + csv(0, 300))
    assert loads.run(str(file)).startswith("cars.csv: 200 loaded, 100 already there\n")


@pytest.mark.parametrize("piped", [False, True])
def test_a_terminal_gets_a_bar(piped: bool, loads: Loads, tmp_path: Path) -> None:
    file = tmp_path / "cars.csv"
    file.write_text(HEADER + csv(0, 300) + "VW,Golf\n")
    rejects = f"--rejects={tmp_path / 'bad.jsonl'}"
    terminal, its_other_end = pty.openpty()
    termios.tcsetwinsize(its_other_end, (40, 120))
    with file.open() as stdin:
        process = loads.start(
            *("load_cars", "-" if piped else str(file), "--skip-invalid", rejects),
            stdin=stdin,
            stderr=its_other_end,
        )
        os.close(its_other_end)
        shown = screen(terminal)
        output, _ = process.communicate(timeout=600)
    assert "300 loaded, 0 already there, 1 rejected" in output
    assert "line 302: 2 cells where the header has 4" in shown
    assert ("301 rows [" in shown) if piped else ("100%|" in shown and ", 301 rows]" in shown)
    assert "\r" in shown


def screen(terminal: int) -> str:
    """All that is written to the terminal until its last writer is gone, which is an EIO."""
    shown = b""
    with open(terminal, "rb", buffering=0) as stream, contextlib.suppress(OSError):
        while chunk := stream.read(4096):
            shown += chunk
    return shown.decode()
