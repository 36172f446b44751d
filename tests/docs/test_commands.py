"""The commands that a page names and that a laptop can run, run."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.docs import inventory
from tests.docs.document import FENCE, read
from tests.docs.test_documents import PAGES
from tests.rig import forked
from tests.rig.environment import child
from tests.rig.service import Service

README = (inventory.ROOT / "README.md").read_text()
MANAGED = {
    command[1]
    for page in PAGES
    for command in read(page).commands
    if command[0] == "manage.py" and inventory.manage_options(command[1]) is not None
}
# An example of a call, and the line of JSON that it answers with.
CALL = re.compile(r"^\$ (curl (?:.*\\\n)*.*)\n(\{.*\})$", re.MULTILINE)
TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
LOCAL = "http://127.0.0.1:8000"
CALLS = [call for _, block in FENCE.findall(README) for call in CALL.findall(block)]


@pytest.mark.parametrize("command", sorted(MANAGED))
def test_a_management_command_explains_itself(command: str) -> None:
    done = forked.python("manage.py", command, "--help", environment=child())
    assert done.stdout.startswith(f"usage: manage.py {command}"), done.stderr
    assert done.returncode == 0


def test_make_help_lists_every_target() -> None:
    listed = set(re.findall(r"^  make ([a-z-]+) ", run("make", "help"), re.MULTILINE))
    assert listed == inventory.make_targets()


def test_the_tfvars_that_the_readme_shows_are_those_that_ship() -> None:
    (block,) = [text for language, text in FENCE.findall(README) if language == "hcl"]
    example = (inventory.ROOT / "terraform" / "terraform.tfvars.example").read_text()
    assert settings(block).items() <= settings(example).items()


def test_the_readme_shows_calls() -> None:
    assert len([command for command, _ in CALLS if LOCAL in command]) == 3


@pytest.fixture(scope="module")
def service(running: Callable[[str], Service]) -> Service:
    """As after `make run`: with the sample's cars alone."""
    service = running("local")
    service.rows("DELETE FROM cars_car")
    service.manage("load_cars", "cars/sample/cars.csv", "--verbosity=0")
    return service


@pytest.mark.xdist_group("service-local")
@pytest.mark.parametrize(("command", "shown"), [call for call in CALLS if LOCAL in call[0]])
def test_a_call_answers_what_is_shown(service: Service, command: str, shown: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("There is no curl on PATH.")
    words = command.replace(LOCAL, service.url).replace("curl ", "curl --silent --noproxy '*' ", 1)
    answer = run("sh", "-c", words)
    assert json.loads(TIME.sub("", answer)) == json.loads(TIME.sub("", shown))


def settings(tfvars: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)\s*= (.+)$", tfvars, re.MULTILINE))


def run(*command: str) -> str:
    done = subprocess.run(
        command, cwd=inventory.ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
