"""The last word on the document: what the generator says and the API does not mean."""

from __future__ import annotations

from typing import Any

ANSWERED = ("Car", "PaginatedCarList")
CURSOR = "cD0yMDI2LTExLTIyKzE4JTNBNDQlM0ExOC4zNzY1ODQlMkIwMCUzQTAwKzI0NTA0NWQx"
LINK = f"https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/regular/cars?cursor={CURSOR}"
PAGE_SIZE = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def as_answered(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Everything that is answered is always there; links and bounds are ours."""
    schemas, listing = result["components"]["schemas"], result["paths"]["/cars"]["get"]
    for name in ANSWERED:
        schemas[name]["required"] = list(schemas[name]["properties"])
    for link in ("next", "previous"):
        schemas["PaginatedCarList"]["properties"][link]["example"] = LINK
    for example in listing["responses"]["200"]["content"]["application/json"]["examples"].values():
        example["value"] |= {"next": LINK, "previous": None}
    by_name = {parameter["name"]: parameter for parameter in listing["parameters"]}
    by_name["page_size"]["schema"] = PAGE_SIZE
    by_name["page_size"]["description"] = "Cars on a page; a larger number counts as 200."
    by_name["cursor"]["description"] = "Where the page begins, as `next` and `previous` have it."
    return result
