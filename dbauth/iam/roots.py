"""Which root certificates verify a server, and where to get them.

Aurora and RDS have roots of AWS's own, which no system carries. The certificates of RDS Proxy and
DSQL chain to Amazon's public roots.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configure-root-certificates.html
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbauth.iam.endpoints import Endpoint

RDS_BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
# Those of https://www.amazontrust.com/repository/ that certifi trusts; they sign the newer ones
# listed there. Only a release renews the file: a test tells when certifi has more.
PUBLIC_ROOTS = Path(__file__).with_name("amazon-roots.crt")
RDS_KINDS = frozenset({"rds", "rds-custom"})
PUBLIC_KINDS = frozenset({"rds-proxy", "dsql", "dsql-vpce"})

RDS_ADVICE = (
    "Aurora and RDS use roots of their own, which no system carries: "
    f'`curl --fail --remote-name {RDS_BUNDLE}` and set OPTIONS["sslrootcert"] to the file\'s path.'
)


def are_rds(endpoint: Endpoint) -> bool:
    """Whether this host has AWS's own roots for certain."""
    return endpoint.kind in RDS_KINDS


def are_public(endpoint: Endpoint) -> bool:
    """Whether this host has Amazon's public roots for certain."""
    return endpoint.kind in PUBLIC_KINDS


def named(params: Mapping[str, Any]) -> str | None:
    """The file that `params` or the environment name; libpq looks in the same order."""
    return params.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")


def public_file() -> str:
    """The file with Amazon's public roots, and with no others.

    libpq reads it for each connection: the hundred and more of certifi would be 5 ms of CPU.
    """
    return str(PUBLIC_ROOTS)
