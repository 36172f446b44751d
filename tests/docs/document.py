"""What a Markdown page names: links, anchors, code, and the commands in it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)
SHELLS = {"console", "bash"}
# Code in running text that is a command by its first word.
TOOLS = {"aws", "curl", "make", "manage.py", "python", "terraform", "zappa"}


@dataclass(frozen=True)
class Document:
    """A page; `path` is where its relative links begin."""

    path: Path
    text: str

    @cached_property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """Language and text of each fenced block."""
        return FENCE.findall(self.text)

    @cached_property
    def spans(self) -> list[str]:
        """Code in running text."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    @cached_property
    def links(self) -> list[str]:
        """Targets of links and images, Markdown's and HTML's."""
        prose = re.sub(r"`[^`\n]+`", "", self.prose)
        html = re.findall(r'(?:src|srcset|href)="([^"]+)"', prose)
        return re.findall(r"\]\(([^)\s]+)\)", prose) + html

    @cached_property
    def anchors(self) -> set[str]:
        """Of its headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @cached_property
    def commands(self) -> list[list[str]]:
        """Every command as words, from shell blocks and from running text."""
        lines = [line for kind, block in self.blocks if kind in SHELLS for line in typed(block)]
        lines += [span for span in self.spans if span.partition(" ")[0] in TOOLS and " " in span]
        single = [command for line in lines for command in commands(line)]
        return [words for command in single if (words := split(command))]


def typed(block: str) -> list[str]:
    """The lines that a reader types: after `$ ` where there is output too."""
    lines = block.replace("\\\n", " ").splitlines()
    prompts = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return prompts or [line for line in lines if line.strip()]


# Outside of quotes: what follows has them in pairs.
SEPARATOR = re.compile(r"""\s(?:&&|\|\||[|;])\s(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")


def commands(line: str) -> list[str]:
    """The commands of a line: those one after the other, and those in `$(...)`."""
    inner: list[str] = re.findall(r"\$\(((?:[^()]|\([^()]*\))*)\)", line)
    return [*SEPARATOR.split(line), *inner]


def split(line: str) -> list[str]:
    """Words without comments, variables that are set before, and the folder of the environment."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0], re.DOTALL):
        words.pop(0)
    if words and words[0].startswith((".venv/bin/", "./")):
        words[0] = Path(words[0]).name
    if words[:1] == ["python"] and words[1:2] == ["manage.py"]:
        words.pop(0)
    return words


def read(path: Path) -> Document:
    return Document(path, path.read_text())
