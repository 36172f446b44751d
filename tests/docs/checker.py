"""Does what a page names exist? One function for each kind of name, sentences as the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.docs import inventory
from tests.docs.commands import check_command, served
from tests.docs.document import Document, read

FILE = re.compile(r"[\w.\-]*/?(?:[\w.\-]+/)*[\w\-]+\.(?:py|tf|md|json|toml|svg|png|example)")
FOLDER = re.compile(r"(?:[\w\-]+/)+")
FOREIGN = {"TF_LOG"}  # Terraform's own, which no file here mentions
SETTING = re.compile(r"TF_VAR_[a-z0-9_]+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
OPTION = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
URL_PATH = re.compile(r"(?:(?:GET|POST) )?(/[a-z{][\w{}/-]*|/)(?:\?\S*)?")


def problems(page: Document) -> list[str]:
    """A sentence for everything that the page names and that does not exist."""
    found = [*links(page), *names(page)]
    for command in page.commands:
        found += check_command(command)
    for language, block in page.blocks:
        if language == "hcl":
            found += variables(block)
        found += outputs(block)
    return found


def links(page: Document) -> Iterator[str]:
    for link in page.links:
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        file = (page.path.parent / target).resolve() if target else page.path
        if not file.exists():
            yield f"link to {link}: there is no such file"
        elif anchor and anchor not in (page if file == page.path else read(file)).anchors:
            yield f"link to {link}: there is no such heading"


def names(page: Document) -> Iterator[str]:
    """Files, settings, variables and paths of the API that stand in running text as code."""
    for span in page.spans:
        name = span.partition("=")[0].removeprefix("export ").lstrip("$").strip()
        if FILE.fullmatch(span) or FOLDER.fullmatch(span):
            yield from _file(span)
        elif SETTING.fullmatch(name) or OPTION.fullmatch(name):
            yield from _name(name)
        elif path := URL_PATH.fullmatch(span):
            yield from served(path.group(1))


def _file(name: str) -> Iterator[str]:
    if not inventory.exists(name):
        yield f"`{name}`: there is no such file"


def _name(name: str) -> Iterator[str]:
    variable = name.removeprefix("TF_VAR_")
    if variable != name and variable not in inventory.terraform("variable"):
        yield f"`{name}`: Terraform has no such variable"
    elif variable not in inventory.names() | FOREIGN:
        yield f"`{name}`: no setting, variable or output has this name"


def variables(block: str) -> Iterator[str]:
    for name in re.findall(r"^(\w+)\s*=", block, re.MULTILINE):
        if name not in inventory.terraform("variable"):
            yield f"`{name}` in a tfvars block: Terraform has no such variable"


def outputs(block: str) -> Iterator[str]:
    """What Terraform is shown to print."""
    for name in re.findall(r"^(\w+) = ", block.partition("Outputs:\n")[2], re.MULTILINE):
        if name not in inventory.terraform("output"):
            yield f"{name} is printed: Terraform has no such output"
