"""docs/operations.md describes the doctor that is there."""

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

from dbauth.doctor.case import BUDGET
from dbauth.doctor.examination import STEPS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "operations.md").read_text()
NAMED = re.findall(r"^\| .+? \| `([\w-]+)` \| .+ \|$", TEXT.partition("## Logs")[0], re.MULTILINE)
# What cannot fail by itself: signing is local, and a slow answer is still an answer.
WITHOUT_ENTRY = {"token", "round-trip"}


def test_every_step_that_can_fail_has_an_entry_and_no_other():
    assert set(NAMED) == {step.name for step in STEPS} - WITHOUT_ENTRY


def test_the_entries_follow_the_order_of_the_steps():
    order = [step.name for step in STEPS]
    assert sorted(NAMED, key=order.index) == NAMED


@pytest.mark.parametrize("option", ["--database", "--json"])
def test_its_options_exist(option):
    parser = load_command_class("dbauth", "dbdoctor").create_parser("manage.py", "dbdoctor")
    assert option in TEXT
    assert option in parser.format_help()


def test_its_time_is_what_the_page_says():
    assert f"takes {BUDGET} seconds at most" in TEXT
