"""What the figures have to be, and whether they are."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.names import (
    ADMIN,
    BY_COLOR,
    BY_MAKE,
    BY_MODEL,
    BY_VIN,
    BY_YEAR,
    DEFAULT_DRF,
    FASTAPI_ASYNC,
    FILTERED,
    GET_ONE,
    LIST_50,
    NEXT_PAGE,
    POST,
    RAW,
    SMALL_DEFAULTS,
    SMALL_DSQL,
    SMALL_FASTAPI,
    SMALL_REGULAR,
)
from benchmarks.ratios import (
    Figure,
    Results,
    cpu_ratio,
    growth,
    growth_of_the_api,
    hundred,
    largest,
    last_page,
    ratio,
    rows_beyond,
    time_limit_share,
    worst_tail,
)


@dataclass(frozen=True)
class Limit:
    """A measure, and the most that it may be; `least` turns that round."""

    measure: str
    figure: Figure
    limit: float
    least: bool = False

    def check(self, results: Results) -> Checked:
        """The figure of these results, None where they have no such section."""
        try:
            figure = self.figure(results)
        except KeyError:
            return Checked(self, None)
        return Checked(self, figure)


@dataclass(frozen=True)
class Checked:
    """A limit beside the figure that was reached."""

    limit: Limit
    figure: float | None

    @property
    def met(self) -> bool | None:
        """None where nothing was measured."""
        if self.figure is None:
            return None
        least, limit = self.limit.least, self.limit.limit
        return self.figure >= limit if least else self.figure <= limit

    def row(self) -> list[str]:
        """Measure, figure, limit, met: as a table has them."""
        sign = "at least" if self.limit.least else "at most"
        figure = "-" if self.figure is None else f"{self.figure:.4g}"
        words = {True: "yes", False: "MISSED", None: "not measured"}
        return [self.limit.measure, figure, f"{sign} {self.limit.limit:g}", words[self.met]]


def _cpu_limits() -> list[Limit]:
    limits = {
        GET_ONE: (8.0, 0.60, 0.35),
        LIST_50: (3.5, 0.70, 0.30),
        POST: (8.0, 0.85, 0.45),
    }
    return [
        Limit(f"{request}: CPU / {peer}", cpu_ratio(request, peer), limit)
        for request, by_peer in limits.items()
        for peer, limit in zip((RAW, FASTAPI_ASYNC, DEFAULT_DRF), by_peer, strict=True)
    ]


def _connect_limits() -> list[Limit]:
    limits = {
        "static password (Django)": 1.05,
        "django-iam-dbauth 0.2.1": 0.05,
        "aurora-dsql-django 0.7.0": 0.05,
    }
    return [
        Limit(f"connect, {ours}: CPU / {peer}", ratio("connect_cpu_ms", ours, peer), limit)
        for ours in ("dbauth", "dbauth.dsql")
        for peer, limit in limits.items()
    ]


def _small_limits() -> list[Limit]:
    fastapi, defaults = (
        ("small", SMALL_REGULAR, SMALL_FASTAPI),
        ("small", SMALL_REGULAR, SMALL_DEFAULTS),
    )
    return [
        Limit("256 MB, init + first request: wall / FastAPI", ratio(*fastapi, "cold_ms"), 0.55),
        Limit(
            "256 MB, init + first request: wall / Zappa's defaults",
            ratio(*defaults, "cold_ms"),
            0.05,
        ),
        Limit("256 MB, first request: wall / FastAPI", ratio(*fastapi, "first_ms"), 0.40),
        *(
            Limit(
                f"256 MB, warm {request}: wall / FastAPI",
                ratio(*fastapi, "warm_ms", request, "p50"),
                limit,
            )
            for request, limit in ((LIST_50, 0.60), (GET_ONE, 0.80), (POST, 0.80))
        ),
        Limit("256 MB, warm: p99 / p50", worst_tail(SMALL_REGULAR, SMALL_DSQL), 2.5),
    ]


BY_ONE_VALUE = (BY_MAKE, BY_MODEL, BY_YEAR, BY_COLOR, BY_VIN)
COLD = ("cold_start", "carsite, regular")
LIMITS = [
    *_cpu_limits(),
    Limit("last page / first page at 1,000,000 cars: wall", last_page, 1.3),
    Limit("any API request at 1,000,000 / 10,000 cars: wall", growth_of_the_api, 1.15),
    Limit("admin list page at 1,000,000 / 10,000 cars: wall", growth(ADMIN), 1.3),
    Limit("cold start: CPU / FastAPI + Mangum", ratio(*COLD, "FastAPI + Mangum", "cpu_ms"), 0.45),
    Limit("cold start: CPU / Zappa's defaults", ratio(*COLD, "Zappa's defaults", "cpu_ms"), 0.20),
    *_small_limits(),
    *_connect_limits(),
    Limit(
        "load_cars: cars a second / execute_values",
        ratio("loading_per_s", "load_cars", "execute_values", "median"),
        0.5,
        least=True,
    ),
    Limit("a request's time limit: CPU / GET one", time_limit_share, 0.03),
    Limit("100 warm requests: connects", hundred("connects", GET_ONE, LIST_50, POST), 0),
    Limit("100 warm requests: tokens", hundred("tokens", GET_ONE, LIST_50, POST), 0),
    Limit("queries of GET one and of a list", hundred("queries", GET_ONE, LIST_50), 1),
    Limit("queries of POST", hundred("queries", POST), 3),
    Limit(
        "rows read beyond the answer's: GET one, a list by one value, POST",
        rows_beyond(GET_ONE, LIST_50, NEXT_PAGE, *BY_ONE_VALUE, POST),
        1,
    ),
    Limit("rows read beyond the answer's: a list by several filters", rows_beyond(FILTERED), 1),
    Limit("archive, MB", largest("archive_mb"), 12),
]


def check_all(results: Results) -> list[Checked]:
    """Every limit with its figure."""
    return [limit.check(results) for limit in LIMITS]
