"""What to check when the server refuses a token: IAM, the database role, and the commands.

What only AWS knows (the account, the role, the cluster's resource id) is in capitals.
"""

from datetime import UTC, datetime
from shlex import quote

from dbauth.iam.endpoints import Endpoint, partition_of

# For everybody but the doctor, who repeats the rest.
DOCTOR = """\
`manage.py dbdoctor` finds out which of these it is, run with the same settings and credentials:
inside a function that Zappa deployed, by `zappa manage STAGE dbdoctor`."""

IAM = """\
A token that was signed just now was refused too, so its age is not the reason. Check:
- IAM: this process needs {action} on {resource}
    who it is:     aws sts get-caller-identity
    what it may:   aws iam simulate-principal-policy --policy-source-arn ROLE_ARN \
--action-names {action} --resource-arns {quoted}"""

RDS = """\
{role}
- the database: IAM authentication must be enabled, and {host} be its own endpoint
    both are in:   aws rds {describe}
- the clock of this machine, which says {now}: a token is good for 15 minutes"""

RDS_ROLE = """\
- the database role {user}: it must exist, in this spelling, and be granted rds_iam
    as an administrator:   SELECT pg_has_role({literal}, 'rds_iam', 'MEMBER')"""
PROXY_ROLE = """\
- the database role {user}: the proxy must know it, in this spelling, with IAMAuth REQUIRED"""

# The resource id, and the command that shows it: its own column, the end of an ARN, or, for an
# instance of Aurora, that of its cluster.
CLUSTER = (
    "CLUSTER_RESOURCE_ID",
    """describe-db-clusters --query \
'DBClusters[].[Endpoint,DbClusterResourceId,IAMDatabaseAuthenticationEnabled]'""",
)
INSTANCE = (
    "DB_RESOURCE_ID",
    """describe-db-instances --query 'DBInstances[].[Endpoint.Address,DbiResourceId,\
DBClusterIdentifier,IAMDatabaseAuthenticationEnabled]'""",
)
PROXY = ("prx-PROXY_ID", "describe-db-proxies --query 'DBProxies[].[Endpoint,DBProxyArn,Auth]'")

DSQL_ROLE = """\
- the database role {user}: it must exist, and be mapped to the IAM role
    as admin:      SELECT pg_role_name, arn FROM sys.iam_pg_role_mappings
    if missing:    AWS IAM GRANT {identifier} TO 'arn:{partition}:iam::ACCOUNT:role/ROLE'"""

DSQL = """\
- the clock of this machine, which says {now}, where the server says "Signature expired\""""


def rds_refusal(user: str, endpoint: Endpoint, region: str) -> str:
    """For Aurora, RDS and RDS Proxy; the administrator grants rds_iam to the role."""
    resource_id, describe = _described(endpoint)
    resource = f"arn:{partition_of(region)}:rds-db:{region}:ACCOUNT:dbuser:{resource_id}/{user}"
    role = PROXY_ROLE if endpoint.kind == "rds-proxy" else RDS_ROLE
    return "\n".join(
        [
            _iam("rds-db:connect", resource),
            RDS.format(
                role=role.format(user=user, literal=_literal(user)),
                host=endpoint.host,
                describe=describe,
                now=_now(),
            ),
        ]
    )


def dsql_refusal(user: str, cluster: str | None, region: str, *, admin: bool) -> str:
    """For Aurora DSQL, where a database role other than admin is mapped to an IAM role."""
    partition = partition_of(region)
    resource = f"arn:{partition}:dsql:{region}:ACCOUNT:cluster/{cluster or 'CLUSTER_ID'}"
    parts = [_iam("dsql:DbConnectAdmin" if admin else "dsql:DbConnect", resource)]
    if not admin:
        identifier = _identifier(user)
        parts.append(DSQL_ROLE.format(user=user, identifier=identifier, partition=partition))
    return "\n".join([*parts, DSQL.format(now=_now())])


def _now() -> str:
    # No refusal of AWS's tells the server's time, so there is nothing to correct the clock by.
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _iam(action: str, resource: str) -> str:
    return IAM.format(action=action, resource=resource, quoted=quote(resource))


def _described(endpoint: Endpoint) -> tuple[str, str]:
    if endpoint.kind == "rds-proxy":
        return PROXY
    # An instance's second label is the account's alone; a cluster's begins with its role.
    is_instance = endpoint.kind == "rds" and ".cluster-" not in endpoint.host.lower()
    return INSTANCE if is_instance else CLUSTER


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
