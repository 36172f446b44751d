"""Draws the architecture for the README, once for light pages and once for dark ones.

`make pictures` writes docs/pictures/architecture-light.svg and -dark.svg; a test draws them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 980, 400
TITLE = "One client, two APIs, two Lambda functions, two databases"

HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">
<title>{title}</title>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" \
orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{line}"/></marker></defs>"""


@dataclass(frozen=True)
class Theme:
    """Colours: ground, text, lines, the filling of boxes, and each tool's own."""

    ground: str
    text: str
    line: str
    fill: str
    zappa: str
    terraform: str


THEMES = {
    "light": Theme("#ffffff", "#1f2328", "#57606a", "#f6f8fa", "#9a6700", "#6639ba"),
    "dark": Theme("#0d1117", "#e6edf3", "#8b949e", "#161b22", "#d29922", "#a371f7"),
}


def text(theme: Theme, x: int, y: int, words: str, *, size: int = 13, **attributes: str) -> str:
    given = {"fill": theme.text, "text-anchor": "middle", **attributes}
    written = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in given.items())
    return f'<text x="{x}" y="{y}" font-size="{size}" {written}>{escape(words)}</text>'


def box(theme: Theme, x: int, y: int, width: int, *lines: str, height: int = 72) -> str:
    """A box whose first line is its name."""
    middle, top = x + width // 2, y + height // 2 - 9 * len(lines) + 14
    words = [
        text(theme, middle, top + 18 * row, line, font_weight="600" if row == 0 else "400")
        for row, line in enumerate(lines)
    ]
    frame = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"'
        f' fill="{theme.fill}" stroke="{theme.line}"/>'
    )
    return "\n".join([frame, *words])


def group(x: int, width: int, colour: str, label: str) -> str:
    """A dashed frame around what one tool makes."""
    return (
        f'<rect x="{x}" y="24" width="{width}" height="352" rx="12" fill="none"'
        f' stroke="{colour}" stroke-width="1.5" stroke-dasharray="6 5"/>\n'
        f'<text x="{x + 16}" y="50" font-size="14" font-weight="600" fill="{colour}">{label}</text>'
    )


def arrow(theme: Theme, x: int, y: int, to_x: int, to_y: int, *labels: str) -> str:
    """A line with a head; its labels stand above and below it."""
    places = zip(labels, (-10, 20), strict=False)
    words = [text(theme, (x + to_x) // 2, (y + to_y) // 2 + off, word) for word, off in places]
    line = (
        f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="{theme.line}"'
        f' stroke-width="1.5" marker-end="url(#head)"/>'
    )
    return "\n".join([line, *words])


def lane(theme: Theme, y: int, stage: str, database: tuple[str, ...], *signs_in: str) -> list[str]:
    """One stage from its API to its database."""
    middle = y + 36
    return [
        box(theme, 200, y, 130, "API Gateway", f"/{stage}/cars"),
        box(theme, 400, y, 160, "Lambda", f"stage {stage}", "Django"),
        box(theme, 770, y, 170, *database),
        arrow(theme, 330, middle, 396, middle),
        arrow(theme, 560, middle, 766, middle, *signs_in),
    ]


def draw(theme: Theme) -> str:
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{theme.ground}"/>',
        group(176, 408, theme.zappa, "Zappa"),
        group(600, 362, theme.terraform, "Terraform: databases and network"),
        box(theme, 20, 174, 110, "Client", "HTTPS"),
        arrow(theme, 130, 196, 196, 124),
        arrow(theme, 130, 224, 196, 296),
        *lane(theme, 84, "regular", ("Aurora PostgreSQL", "car_entities"), "user and", "password"),
        *lane(
            theme,
            264,
            "dsql",
            ("Aurora DSQL", "or Aurora PostgreSQL", "with IAM"),
            "IAM token,",
            "signed by dbauth",
        ),
    ]
    head = HEAD.format(width=WIDTH, height=HEIGHT, title=TITLE, line=theme.line)
    return "\n".join([head, *parts, "</svg>\n"])


def main() -> None:
    for name, theme in THEMES.items():
        (FOLDER / f"architecture-{name}.svg").write_text(draw(theme))


if __name__ == "__main__":
    main()
