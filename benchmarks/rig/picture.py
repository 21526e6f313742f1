"""A picture of a run: bars of queries per CPU second, one panel for each scenario, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from benchmarks.rig.measuring import median
from benchmarks.rig.report import Table

WIDTH, LABEL, ROW, PANEL_GAP, TITLE = 760, 150, 22, 24, 26
OURS = "fngraph"
OUR_COLOUR, OTHER_COLOUR, FLOOR_COLOUR = "#2563eb", "#94a3b8", "#475569"
STYLE = "text{font:13px system-ui,sans-serif;fill:#0f172a}.t{font-weight:600}.n{font-size:12px}"


def write_picture(tables: Sequence[Table], file: Path) -> None:
    """Bars are as long as the figure, in each panel beside its largest."""
    parts, y = [], 16.0
    for table in tables:
        panel, height = _panel(table, y)
        parts += panel
        y += height + PANEL_GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y:.0f}" viewBox="0 0 {WIDTH} {y:.0f}">'
    background = f'<rect width="{WIDTH}" height="{y:.0f}" fill="#fff"/>'
    file.write_text("\n".join([head, f"<style>{STYLE}</style>", background, *parts, "</svg>", ""]))


def _panel(table: Table, top: float) -> tuple[list[str], float]:
    figures = {name: median(rounds).per_cpu_s for name, rounds in table.rows.items() if rounds}
    ordered = sorted(figures.items(), key=lambda item: -item[1])
    parts = [f'<text class="t" x="10" y="{top + 10:.0f}">{escape(table.title)}: queries per CPU second</text>']
    longest, base = max(figures.values(), default=1), figures.get(table.floor)
    for number, (name, value) in enumerate(ordered):
        y = top + TITLE + number * ROW
        length = max(1.0, (WIDTH - LABEL - 150) * value / longest)
        share = f" ({value / base:.2f} of the floor)" if base and name != table.floor else ""
        parts += [
            f'<text x="{LABEL - 8}" y="{y + 13:.0f}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LABEL}" y="{y:.0f}" width="{length:.1f}" height="{ROW - 6}" fill="{_colour(name, table)}"/>',
            f'<text class="n" x="{LABEL + length + 6:.1f}" y="{y + 13:.0f}">{value:,.0f}{share}</text>',
        ]
    return parts, TITLE + ROW * len(ordered)


def _colour(name: str, table: Table) -> str:
    if name == OURS:
        return OUR_COLOUR
    return FLOOR_COLOUR if name == table.floor else OTHER_COLOUR
