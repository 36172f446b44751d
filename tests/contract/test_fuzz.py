"""The API fuzzed from its own schema: no 5xx, no status or body that the schema does not name."""

from __future__ import annotations

import contextlib
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import hypothesis
import pytest
import requests

from tests.rig.service import ROOT, Service

pytestmark = [pytest.mark.contract, pytest.mark.timeout(1800)]

# Of each kind, for each operation that has it: over 2,000 requests to PostgreSQL in all. SQLite
# gets a few, since only what reaches the database could make a difference.
EXAMPLES = {"regular": 450, "local": 45}
AS_DOCUMENTED = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]


# The other services differ from these in how they connect, which no request's content can reach.
@pytest.mark.parametrize("service", list(EXAMPLES), indirect=True)
def test_every_generated_request_is_answered_as_documented(service: Service) -> None:
    # Takes a second of each worker that collects the tests, so only the one that runs this has it.
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    checks = CHECKS.get_by_names(AS_DOCUMENTED)
    schema: Any = schemathesis.openapi.from_path(ROOT / "carsite" / "openapi.json")
    sent = sum(
        fuzz(service, operation.ok().as_strategy(generation_mode=kind), checks)
        for operation in schema.get_all_operations()
        for kind in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    )
    assert sent >= 4.5 * EXAMPLES[service.name]


def fuzz(service: Service, cases: Any, checks: Any) -> int:
    """Send generated cases and check their answers; how many there were."""
    sent = 0

    @hypothesis.settings(
        max_examples=EXAMPLES[service.name],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(cases)
    def send(case: Any) -> None:
        nonlocal sent
        case.call_and_validate(
            base_url=service.url, session=session, verify=verify, checks=checks, timeout=120
        )
        sent += 1

    # A path that is any text cannot be wrong, so there are no wrong requests to generate for it.
    with requests.Session() as session, contextlib.suppress(hypothesis.errors.Unsatisfiable):
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        verify = str(service.certificate.ca) if service.certificate else True
        send()
    return sent
