"""What to check when the server refuses a token: IAM, the database role, and the commands.

What only AWS knows (the account, the role, the cluster's resource id) is in capitals.
"""

from dbauth.endpoints import partition_of

IAM = """\
A token that was signed just now was refused too, so its age is not the reason. Check:
- IAM: this process needs {action} on {resource}
    who it is:     aws sts get-caller-identity
    what it may:   aws iam simulate-principal-policy --policy-source-arn ROLE_ARN \
--action-names {action} --resource-arns '{resource}'"""

RDS = """\
- the database role {user}: it must exist, in this spelling, and be granted rds_iam
    as an administrator:   SELECT pg_has_role('{user}', 'rds_iam', 'MEMBER')
- the database: IAM authentication must be enabled, and {host} be its own endpoint
    both are in:   aws rds describe-db-clusters --query \
'DBClusters[].[Endpoint,DbClusterResourceId,IAMDatabaseAuthenticationEnabled]'
- the clock of this machine: a token is good for 15 minutes"""

DSQL_ROLE = """\
- the database role {user}: it must exist, and be mapped to the IAM role
    as admin:      SELECT pg_role_name, arn FROM sys.iam_pg_role_mappings
    if missing:    AWS IAM GRANT "{user}" TO 'arn:{partition}:iam::ACCOUNT:role/ROLE'"""

DSQL = """\
- the clock of this machine, where the server says "Signature expired\""""


def rds_refusal(user: str, host: str, region: str) -> str:
    """For Aurora and RDS; the administrator grants rds_iam to the role."""
    resource = (
        f"arn:{partition_of(region)}:rds-db:{region}:ACCOUNT:dbuser:CLUSTER_RESOURCE_ID/{user}"
    )
    iam = IAM.format(action="rds-db:connect", resource=resource)
    return f"{iam}\n{RDS.format(user=user, host=host)}"


def dsql_refusal(user: str, cluster: str | None, region: str, *, admin: bool) -> str:
    """For Aurora DSQL, where a database role other than admin is mapped to an IAM role."""
    partition = partition_of(region)
    resource = f"arn:{partition}:dsql:{region}:ACCOUNT:cluster/{cluster or 'CLUSTER_ID'}"
    action = "dsql:DbConnectAdmin" if admin else "dsql:DbConnect"
    parts = [IAM.format(action=action, resource=resource)]
    if not admin:
        parts.append(DSQL_ROLE.format(user=user, partition=partition))
    return "\n".join([*parts, DSQL])
