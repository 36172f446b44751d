"""Column definitions: types, identity, collation."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.dsql_gate.statements import Node, walk

SERIALS = {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"}
RANGES = {"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"}
REFUSED = (
    {"money", "xml", "inet", "cidr", "macaddr", "macaddr8", "bit", "varbit", "pg_lsn"}
    | {"point", "line", "lseg", "box", "path", "polygon", "circle", "tsvector", "tsquery"}
    | {"jsonpath", "citext", "hstore"}
    | RANGES
    | {name.replace("range", "multirange") for name in RANGES}
)
# As PostgreSQL displays the names that its grammar has translated.
DISPLAYED = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "varbit": "bit varying",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
}
SMALLEST_LARGE_CACHE = 65536
MOST_KEYS = 8
TOO_MANY_KEYS = Refusal(f"more than {MOST_KEYS} column keys in an index are not supported", "54011")


def type_name(column: Node) -> str:
    name: str = column.get("typeName", {"names": [{"String": {"sval": ""}}]})["names"][-1][
        "String"
    ]["sval"]
    return name


def displayed(column: Node) -> str:
    name = DISPLAYED.get(type_name(column), type_name(column))
    return name + ("[]" if column.get("typeName", {}).get("arrayBounds") else "")


def refused_types(column: Node) -> Iterator[Refusal]:
    name = type_name(column)
    if name in SERIALS:
        yield Refusal(f'type "{name}" does not exist', "42704")
    if name in REFUSED or column.get("typeName", {}).get("arrayBounds"):
        yield Refusal(f"datatype {displayed(column)} not supported")


def constraints(column: Node) -> list[Node]:
    """The constraints written at the column, without a bare NULL, which says nothing."""
    found = [node["Constraint"] for node in column.get("constraints", [])]
    return [node for node in found if node["contype"] != "CONSTR_NULL"]


def refused_identity(column: Node) -> Iterator[Refusal]:
    for constraint in constraints(column):
        if constraint["contype"] == "CONSTR_IDENTITY":
            if not good_cache(constraint.get("options", [])):
                yield Refusal(_uncached("identity column"))
            if type_name(column) != "int8":
                yield Refusal(
                    f"datatype {displayed(column)} not supported, "
                    "identity column type must be bigint"
                )


def good_cache(options: object) -> bool:
    """Whether a sequence's options have CACHE 1, or 65536 and more."""
    for name, node in walk(options):
        if name == "DefElem" and node["defname"] == "cache":
            argument = node["arg"]
            value = argument.get("Integer", {}).get("ival") or argument.get("Float", {}).get("fval")
            return int(value) == 1 or int(value) >= SMALLEST_LARGE_CACHE
    return False


def _uncached(what: str) -> str:
    return (
        f"{what} is not supported without an explicit cache size. "
        "please define CACHE greater than or equal to 65536 or equal to 1"
    )


def uncached_sequence() -> Refusal:
    return Refusal(_uncached("CREATE SEQUENCE"))
