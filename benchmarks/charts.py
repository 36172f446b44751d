"""Bar charts as SVG, for pages that are light or dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

WIDTH, LABELS, VALUES = 720, 190, 70
ROW, BAR, TOP = 26, 16, 40
NAMESPACE = "http://www.w3.org/2000/svg"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.value { font-variant-numeric: tabular-nums }
.peer { fill: #afb8c1 }
.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .peer { fill: #6e7681 }
  .ours { fill: #4493f8 }
}
"""


def bars(title: str, values: Mapping[str, float], ours: str, digits: int = 0) -> str:
    """A horizontal bar for each value, `ours` in another colour; shorter is better."""
    longest = max(values.values())
    height = TOP + ROW * len(values) + 8
    lines = [
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {WIDTH} {height}" role="img"',
        f'     aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="20">{escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(values.items()):
        top = TOP + ROW * number
        length = (WIDTH - LABELS - VALUES) * value / longest
        middle = top + BAR - 4
        shown = f"{value:,.{digits}f}"
        kind = "ours" if name.startswith(ours) else "peer"
        lines += [
            f'<text x="0" y="{middle}">{escape(name)}</text>',
            f'<rect class="{kind}" x="{LABELS}" y="{top}" width="{length:.1f}" height="{BAR}"/>',
            f'<text class="value" x="{LABELS + length + 8:.1f}" y="{middle}">{shown}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
