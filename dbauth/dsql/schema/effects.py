"""Whether the server's refusal of a statement says that the same statement was run before."""

from __future__ import annotations

import re

from dbauth.sqlstates import sqlstate

NAME = r'(?:"(?:[^"]|"")+"|\w+)'
QUALIFIED = rf"(?:{NAME}\.)?(?P<name>{NAME})"
CHANGE = rf"ALTER\s+TABLE\s+(?:ONLY\s+)?(?:{NAME}\.)?{NAME}\s+"
RELATION = r"(?:MATERIALIZED\s+VIEW|TABLE|SEQUENCE|VIEW)\s+"

# What a statement does to which object, and the SQLSTATE of doing it twice.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
EFFECTS = [
    (re.compile(rf"\s*{pattern}", re.IGNORECASE), code)
    for pattern, code in [
        (rf"CREATE\s+(?:OR\s+REPLACE\s+)?{RELATION}{QUALIFIED}", "42P07"),
        (rf"DROP\s+{RELATION}{QUALIFIED}", "42P01"),
        (rf"DROP\s+INDEX\s+{QUALIFIED}", "42704"),
        (rf"CREATE\s+SCHEMA\s+(?P<name>{NAME})", "42P06"),
        (rf"DROP\s+SCHEMA\s+(?P<name>{NAME})", "3F000"),
        (rf"CREATE\s+(?:DOMAIN|ROLE)\s+{QUALIFIED}", "42710"),
        (rf"DROP\s+(?:DOMAIN|ROLE)\s+{QUALIFIED}", "42704"),
        (rf"CREATE\s+FUNCTION\s+{QUALIFIED}", "42723"),
        (rf"DROP\s+FUNCTION\s+{QUALIFIED}", "42883"),
        (rf"{CHANGE}ADD\s+CONSTRAINT\s+(?P<name>{NAME})", "42710"),
        (rf"{CHANGE}DROP\s+CONSTRAINT\s+(?P<name>{NAME})", "42704"),
        (rf"{CHANGE}RENAME\s+CONSTRAINT\s+(?P<name>{NAME})\s+TO\s", "42704"),
        (rf"ALTER\s+(?:TABLE|SEQUENCE|VIEW)\s+{QUALIFIED}\s+RENAME\s+TO\s", "42P01"),
        (rf"{CHANGE}RENAME\s+(?:COLUMN\s+)?(?P<name>{NAME})\s+TO\s", "42703"),
        (rf"{CHANGE}ADD\s+(?:COLUMN\s+)?(?P<name>{NAME})\s", "42701"),
        (rf"{CHANGE}DROP\s+(?:COLUMN\s+)?(?P<name>{NAME})", "42703"),
    ]
]


def was_done_before(statement: str, error: BaseException) -> bool:
    """Whether `error` is the one that a second run meets, and names what the first has changed."""
    for pattern, code in EFFECTS:
        if found := pattern.match(statement):
            return sqlstate(error) == code and _is_named(found["name"], str(error))
    return False


def _is_named(name: str, message: str) -> bool:
    # In statements, names without quotes are folded; functions are named with their arguments.
    plain = name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
    return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", message.partition("\n")[0]) is not None
