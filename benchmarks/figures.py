"""`python -m benchmarks.figures`: results.json as tables, charts and the README's lines.

`make bench` does this at its end; alone it draws the last results again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.charts import bars
from benchmarks.limits import check_all
from benchmarks.names import (
    CARSITE,
    GET_ONE,
    LIST_50,
    LIST_200,
    POST,
    SMALL_DEFAULTS,
    SMALL_FASTAPI,
    SMALL_REGULAR,
)
from benchmarks.ratios import FEW, MANY
from benchmarks.report import load
from benchmarks.small import measured as small
from benchmarks.warm import pieces, work

ROOT = Path(__file__).resolve().parents[1]
PAGE, CHARTS = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks"
README = ROOT / "README.md"
END = "<!-- to here -->"
# What stands before each part of a page that is written here.
PICTURES = "<!-- make bench writes the pictures from here -->"
TABLES = "<!-- make bench writes the tables from here -->"
LINES = "<!-- make bench writes these lines from here -->"
REQUESTS = {GET_ONE: "get", LIST_50: "list-50", LIST_200: "list-200", POST: "post"}

Results = Mapping[str, Any]


def charts(results: Results) -> dict[str, str]:
    """The text of each SVG by its file name."""
    stacks = results["requests"][FEW]
    drawn = {}
    if throttled := results.get("small"):
        drawn["small.svg"] = bars(
            "256 MB, init and first page of cars: milliseconds on the clock",
            {name: figures["cold_ms"] for name, figures in throttled.items()},
            CARSITE,
        )
    drawn |= {
        f"{name}.svg": bars(
            f"{request}, 10,000 cars: microseconds of CPU",
            {stack: figures["cpu_us"][request]["median"] for stack, figures in stacks.items()},
            CARSITE,
        )
        for request, name in REQUESTS.items()
    }
    cold = {name: figures["cpu_ms"] for name, figures in results["cold_start"].items()}
    drawn["cold-start.svg"] = bars(
        "From a fresh process to its first page of cars: milliseconds of CPU", cold, CARSITE
    )
    drawn["connect.svg"] = bars(
        "A new connection: milliseconds of CPU", results["connect_cpu_ms"], "dbauth", 1
    )
    return drawn


ALTERNATIVES = {
    "small.svg": "256 MB",
    **{f"{name}.svg": request for request, name in REQUESTS.items()},
    "cold-start.svg": "Cold start",
    "connect.svg": "Connect",
}


def pictures(results: Results) -> str:
    """The page's pictures, in the order that the charts have."""
    return "\n\n".join(f"![{ALTERNATIVES[name]}](benchmarks/{name})" for name in charts(results))


def tables(results: Results) -> str:
    """What stands between the page's marks."""
    return "\n".join(_lines(results))


def readme(results: Results) -> str:
    """The README's two lines about 256 MB; none where that was not measured."""
    throttled = results.get("small")
    if not throttled:
        return ""
    stacks = [throttled[name] for name in (SMALL_REGULAR, SMALL_FASTAPI, SMALL_DEFAULTS)]
    cold = [each["cold_ms"] for each in stacks]
    warm = [each["warm_ms"][LIST_50]["p50"] for each in stacks]
    return "\n".join(
        [
            "- At 256 MB, a cold start and its first page of 50 cars take {:,.0f} ms; FastAPI's"
            " take {:,.0f}, those of Zappa's defaults {:,.0f}.".format(*cold),
            "- Each further page takes {:.1f} ms, {:.1f} and {:.1f}.".format(*warm),
        ]
    )


def _lines(results: Results) -> Iterator[str]:
    machine = results["machine"]
    yield (
        f"Measured on {machine['date']}: {machine['processor']}, {machine['system']}, Python"
        f" {machine['python']}, PostgreSQL {machine['postgresql']} on the same machine."
        f" Django {machine['django']}, REST framework {machine['djangorestframework']}, Zappa"
        f" {machine['zappa']}, FastAPI {machine['fastapi']}, SQLAlchemy {machine['sqlalchemy']},"
        f" Mangum {machine['mangum']}, Powertools {machine['aws-lambda-powertools']}, psycopg2"
        f" {machine['psycopg2-binary']}."
    )
    yield "\n### Limits\n"
    limits = [checked.row() for checked in check_all(results)]
    yield from _table(["measure", "figure", "limit", "met"], limits)
    if throttled := results.get("small"):
        stack = throttled[SMALL_REGULAR]
        yield "\n### At 256 MB, milliseconds on the clock\n"
        yield (
            f"Medians of {stack['processes']} fresh processes; p50 and p99 of"
            f" {stack['warm_requests']} warm requests of each kind.\n"
        )
        yield from _table(*small.table(throttled))
        yield ""
        yield from _table(*small.bill(throttled))
    for count, title in ((FEW, "10,000"), (MANY, "1,000,000")):
        yield f"\n### Microseconds of CPU a request, {title} cars: median and quartiles\n"
        yield from _requests(results["requests"][count])
    yield "\n### carsite, microseconds on the clock: median and quartiles\n"
    yield from _growth(results["growth"])
    yield "\n### Cold start\n"
    cold = results["cold_start"].items()
    yield from _table(
        ["from a fresh process to the first page of 50 cars", "CPU ms", "peak MB"],
        [[name, f"{each['cpu_ms']:.0f}", f"{each['peak_mb']:.0f}"] for name, each in cold],
    )
    yield "\n### Connections and tokens\n"
    for title, section, digits in (
        ("a new connection", "connect_cpu_ms", 2),
        ("the first token of a fresh process", "cold_token_cpu_ms", 0),
    ):
        rows = [[name, f"{value:.{digits}f}"] for name, value in results[section].items()]
        yield from _table([title, "CPU ms"], rows)
        yield ""
    yield from _table(
        ["100 warm requests", "connects", "tokens", "queries each"],
        [
            [f"{stage}: {request}", *(f"{count[key]:g}" for key in COUNTED)]
            for stage, requests in results["hundred_requests"].items()
            for request, count in requests.items()
        ],
    )
    if asked := results.get("work"):
        yield "\n### What a request asks of the database\n"
        yield from _table(*work.table(asked))
    if prices := results.get("pieces"):
        yield "\n### CPU without a piece of `cars/prepared/`, divided by that with all of them\n"
        yield from _table(*pieces.table(prices))
    yield "\n### Loading\n"
    loading = results["loading_per_s"].items()
    yield from _table(["", "cars a second"], [[name, _spread(each)] for name, each in loading])


COUNTED = ("connects", "tokens", "queries")


def _requests(stacks: Results) -> Iterator[str]:
    rows = [
        [
            name,
            *(_spread(figures["cpu_us"][request]) for request in REQUESTS),
            f"{figures['peak_mb']:.0f}",
        ]
        for name, figures in stacks.items()
    ]
    return _table(["", *REQUESTS, "peak MB"], rows)


def _growth(growth: Results) -> Iterator[str]:
    rows = [
        [
            *(title, _spread(by_count[FEW]), _spread(by_count[MANY])),
            f"{growth['ratio'][title]['median']:.2f}",
        ]
        for title, by_count in growth["wall_us"].items()
    ]
    return _table(["", "10,000 cars", "1,000,000 cars", "ratio of a round, median"], rows)


def _spread(summary: Results) -> str:
    return f"{summary['median']:,.0f} ({summary['lower']:,.0f} to {summary['upper']:,.0f})"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def part(page: str, begin: str) -> str:
    """What a page has between this mark and the next END."""
    return page.partition(f"{begin}\n")[2].partition(f"\n{END}")[0]


def write(results: Results) -> None:
    """Bring both pages and the charts up to these results, which must be complete."""
    CHARTS.mkdir(exist_ok=True)
    drawn = charts(results)
    for name, text in drawn.items():
        (CHARTS / name).write_text(text)
    for chart in CHARTS.iterdir():
        if chart.name not in drawn:
            chart.unlink()  # of a machine that could measure more
    _rewrite(PAGE, PICTURES, pictures(results))
    _rewrite(PAGE, TABLES, tables(results))
    _rewrite(README, LINES, readme(results))


def _rewrite(path: Path, begin: str, text: str) -> None:
    before, _, rest = path.read_text().partition(f"{begin}\n")
    after = rest.partition(f"\n{END}")[2]
    path.write_text(f"{before}{begin}\n{text}\n{END}{after}")


if __name__ == "__main__":
    write(load())
