"""AWS's pages that the rules are from, as they were in November 2026."""

GUIDE = "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/"

ALTER_TABLE = f"{GUIDE}alter-table-syntax-support.html"
CREATE_INDEX = f"{GUIDE}create-index-syntax-support.html"
CREATE_SEQUENCE = f"{GUIDE}create-sequence-syntax-support.html"
CREATE_TABLE = f"{GUIDE}create-table-syntax-support.html"
CONCURRENCY = f"{GUIDE}working-with-concurrency-control.html"
MIGRATION = f"{GUIDE}working-with-postgresql-compatibility-migration-guide.html"
QUOTAS = f"{GUIDE}CHAP_quotas.html"
SQL = f"{GUIDE}working-with-postgresql-compatibility-supported-sql-features.html"
TYPES = f"{GUIDE}working-with-postgresql-compatibility-supported-data-types.html"
