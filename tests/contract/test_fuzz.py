"""The API fuzzed from its own schema: no 5xx, no status or body that the schema does not name."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import load_all_checks

from tests.rig.service import ROOT, Service
from tests.rig.services import SERVED

# One worker, so that the last test can count what the first one sent.
pytestmark = [
    pytest.mark.contract,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("fuzz"),
    # From the source alone: an archive behind a gateway takes long, and finds nothing else.
    pytest.mark.parametrize("service", list(SERVED), indirect=True, scope="session"),
]

# Three operations, so over 2,000 generated cases on each database.
EXAMPLES = 700
ENOUGH = 2000

sent: Counter[str] = Counter()
schema: Any = schemathesis.openapi.from_path(ROOT / "carsite" / "openapi.json")
load_all_checks()
CHECKS = [
    schemathesis.checks.not_a_server_error,
    *schemathesis.checks.CHECKS.get_by_names(
        [
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
        ]
    ),
]


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink],
)
def test_every_generated_request_is_answered_as_documented(case: Any, service: Service) -> None:
    verify = str(service.certificate.ca) if service.certificate else True
    sent[service.name] += 1
    case.call_and_validate(base_url=service.url, checks=CHECKS, verify=verify, timeout=30)


def test_enough_requests_were_generated(service: Service) -> None:
    assert sent[service.name] >= ENOUGH
