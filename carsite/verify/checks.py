"""What every deployment must answer, whatever is in its database. Nothing is stored.

Each check takes the client and gives back what it saw; it raises FailedError with the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from carsite.verify.client import Answer, Client, FailedError

Check = Callable[[Client], str]

HTML = "text/html"
REFERENCE = re.compile(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"')
PAGES = ("cars", "docs", "admin/login/")
REQUIRED = {"make", "model", "year"}

OK, FOUND, BAD, UNAUTHORIZED, FORBIDDEN, ABSENT, NOT_ALLOWED, CRASHED, AWAY = (
    *(200, 302, 400, 401, 403, 404, 405),
    *(502, 503),
)
CAUSES = {
    BAD: "the host is not in ALLOWED_HOSTS (docs/deploy.md, Paths, domains, function URLs)",
    FORBIDDEN: "the gateway knows no such path: the URL must end in the stage, as in .../dsql",
    ABSENT: "no such path: the stage is not taken off it, or the URL is another service's",
    CRASHED: "the function does not start, or ran out of memory: 'zappa tail' shows why",
}


def expect(answer: Answer, *statuses: int, otherwise: str = "'zappa tail' shows why") -> Answer:
    """The answer, if its status is one of these."""
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise FailedError(f"{answer.url} answers {answer.status}, not {wanted}: {otherwise}")
    return answer


def reached(client: Client) -> str:
    """Someone of ours answers at this URL; every other check needs that."""
    answer = client.get("health")
    expect(answer, OK, AWAY, otherwise=CAUSES.get(answer.status, "this is no such service"))
    if "status" not in answer.json():
        raise FailedError(f"{answer.url} is not this service's health")
    return client.url


def database(client: Client) -> str:
    """The database answers, and has its tables."""
    answer = client.get("health")
    found = answer.json()
    if found.get("status") == "unmigrated":
        raise FailedError("there are no tables: run 'zappa manage STAGE migrate'")
    if answer.status == AWAY:
        raise FailedError(
            "the database does not answer. If it was idle, try again in a minute; else"
            " 'zappa manage STAGE dbdoctor' names the cause"
        )
    expect(answer, OK)
    return str(found.get("engine", ""))


def listing(client: Client) -> str:
    """A page of cars, whose link to the next page leads back here."""
    page = expect(client.get("cars?page_size=1"), OK).json()
    following = page.get("next")
    if following and not following.startswith(f"{client.url}/cars?"):
        raise FailedError(f"the next page is at {following}, which is not below {client.url}")
    cars = page["results"]
    if cars:
        car = expect(client.get(f"cars/{cars[0]['id']}"), OK).json()
        if car != cars[0]:
            raise FailedError(f"the car {car['id']} differs from itself in the list")
    return f"{'a car, as in the list' if cars else 'no cars yet'}"


def unknown_car(client: Client) -> str:
    answer = expect(client.get(f"cars/{uuid4()}"), ABSENT)
    answer.json()
    return "404 in JSON"


def bad_car(client: Client) -> str:
    """What is refused is not stored. Where writing needs a login, it is refused for that."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    answer = client.send("POST", "cars", headers, b"{}")
    if answer.status in {UNAUTHORIZED, FORBIDDEN}:
        return f"{answer.status}: writing needs a login"
    missing = REQUIRED - set(expect(answer, BAD).json())
    if missing:
        raise FailedError(f"a car without {', '.join(sorted(missing))} is not refused for that")
    return "400 with the missing fields"


def method(client: Client) -> str:
    expect(client.send("DELETE", "cars", {"Accept": "application/json"}), NOT_ALLOWED)
    return "405 for DELETE"


def root(client: Client) -> str:
    """The first redirect shows whether links carry the stage."""
    answer = expect(client.get("", HTML), FOUND)
    leads = client.absolute(answer.headers["Location"])
    if leads != f"{client.url}/cars":
        raise FailedError(
            f"the root leads to {leads}, not to {client.url}/cars: DJANGO_SCRIPT_NAME or"
            " PUBLIC_URL is wrong for this address"
        )
    return "leads to /cars"


def pages(client: Client) -> str:
    """Every file that the pages refer to is there, below the stage."""
    seen: set[str] = set()
    for page in PAGES:
        answer = expect(client.get(page, HTML), OK)
        seen |= {client.absolute(found) for found in REFERENCE.findall(answer.text)}
    if not seen:
        raise FailedError("no page refers to any file")
    missing = [url for url in sorted(seen) if client.get(url, "*/*").status != OK]
    if missing:
        raise FailedError(
            f"{len(missing)} of {len(seen)} static files are missing: {', '.join(missing)}."
            " Deploy again; a path without the stage means DJANGO_SCRIPT_NAME"
        )
    return f"{len(PAGES)} pages, {len(seen)} files"


def schema(client: Client) -> str:
    document = expect(client.get("schema"), OK).json()
    if "/cars" not in document.get("paths", {}):
        raise FailedError("the schema does not describe /cars")
    server = document.get("servers", [{"url": "/"}])[0]["url"]
    if urlsplit(server).netloc:
        raise FailedError(f"the schema's server is {server}, and should be relative")
    return f"OpenAPI {document['openapi']}"


# What follows once the service is reached, and its database asked.
CHECKS: dict[str, Check] = {
    "list": listing,
    "unknown car": unknown_car,
    "bad car": bad_car,
    "method": method,
    "root": root,
    "pages": pages,
    "schema": schema,
}
