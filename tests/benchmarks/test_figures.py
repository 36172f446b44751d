"""What make bench writes for the documentation."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.charts import LABELS, VALUES, WIDTH, bars
from benchmarks.figures import (
    LINES,
    PICTURES,
    TABLES,
    charts,
    part,
    pictures,
    readme,
    tables,
    write,
)
from benchmarks.report import RESULTS, load, save, show
from benchmarks.summary import summarise

SVG = "{http://www.w3.org/2000/svg}"


def test_a_summary_is_the_median_and_the_quartiles_in_the_unit_asked_for():
    summary = summarise([0.004, 0.001, 0.002, 0.005, 0.003], scale=1000)
    assert summary.rounded() == {"median": 3.0, "lower": 2.0, "upper": 4.0, "samples": 5}


def test_bars_are_as_long_as_their_values_and_ours_stands_out():
    drawn = ElementTree.fromstring(bars("A < B", {"other": 200, "ours, too": 50}, "ours"))  # noqa: S314 - our own text
    other, ours = drawn.iter(f"{SVG}rect")
    assert float(other.attrib["width"]) == WIDTH - LABELS - VALUES
    assert float(ours.attrib["width"]) * 4 == WIDTH - LABELS - VALUES
    assert [bar.attrib["class"] for bar in (other, ours)] == ["peer", "ours"]
    assert drawn.attrib["aria-label"] == "A < B"


def test_the_tables_have_the_figures_with_their_spread(results):
    lines = tables(results).splitlines()
    assert "| carsite | 300 (299 to 301) | 600 (599 to 601) | 900 (899 to 901) |" in [
        line.rpartition(" 1,200 ")[0] for line in lines
    ]
    assert "| GET /cars/{id} | 1,000 (999 to 1,001) | 1,100 (1,099 to 1,101) | 1.10 |" in lines
    assert "| queries of POST | 1 | at most 3 | yes |" in lines


def test_a_section_is_replaced_and_the_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.report.RESULTS", tmp_path / "results.json")
    save("one", {"a": 1})
    save("two", {"b": 2})
    save("one", {"c": 3})
    assert load() == {"one": {"c": 3}, "two": {"b": 2}}


def test_a_table_on_the_screen_lines_up(capsys):
    show("Title", ["", "ms"], [["short", "1"], ["a longer name", "1,000"]])
    assert capsys.readouterr().out.splitlines()[3:] == [
        "                  ms",
        "-------------  -----",
        "short              1",
        "a longer name  1,000",
    ]


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "benchmarks.md").read_text()


def test_the_page_says_what_the_last_results_say(page):
    results = load()
    assert part(page, TABLES) == tables(results), "run `python -m benchmarks.figures`"
    assert part(page, PICTURES) == pictures(results)


def test_the_readme_says_what_the_last_results_say(root):
    assert part((root / "README.md").read_text(), LINES) == readme(load())


def test_the_charts_show_what_the_last_results_say(root, page):
    folder = root / "docs" / "benchmarks"
    drawn = charts(load())
    assert {path.name: path.read_text() for path in folder.iterdir()} == drawn
    assert RESULTS.name == "results.json"
    assert all(f"(benchmarks/{name})" in page for name in drawn)


def test_256_mb_come_first_where_they_were_measured(results):
    assert pictures(results).splitlines()[0] == "![256 MB](benchmarks/small.svg)"
    first, second = readme(results).splitlines()
    assert "take 400 ms; FastAPI's take 1,200, those of Zappa's defaults 12,000." in first
    assert second == "- Each further page takes 4.0 ms, 12.0 and 120.0."
    del results["small"]
    assert "small.svg" not in pictures(results)
    assert readme(results) == ""


@pytest.fixture
def pages(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what make bench writes to."""
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "docs/benchmarks.md"):
        shutil.copyfile(root / name, tmp_path / name)
    shutil.copytree(root / "docs" / "benchmarks", tmp_path / "docs" / "benchmarks")
    monkeypatch.setattr("benchmarks.figures.README", tmp_path / "README.md")
    monkeypatch.setattr("benchmarks.figures.PAGE", tmp_path / "docs" / "benchmarks.md")
    monkeypatch.setattr("benchmarks.figures.CHARTS", tmp_path / "docs" / "benchmarks")
    return tmp_path


def test_a_run_leaves_both_pages_and_the_pictures_right(results, pages):
    """On a machine that measures 256 MB, and then on one that cannot."""
    before = {name: (pages / name).read_text() for name in ("README.md", "docs/benchmarks.md")}
    for run in (results, {name: results[name] for name in results if name != "small"}):
        write(run)
        page = (pages / "docs" / "benchmarks.md").read_text()
        assert part(page, TABLES) == tables(run)
        assert part(page, PICTURES) == pictures(run)
        assert part((pages / "README.md").read_text(), LINES) == readme(run)
        assert {path.name for path in (pages / "docs" / "benchmarks").iterdir()} == {*charts(run)}
    write(load())
    assert {name: (pages / name).read_text() for name in before} == before
