"""The waterfall of a forecast: a bar for each cause, from what was expected before to what is expected now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from api.web.drawings.svg import LABEL, PLOT, ROW, end_of, short

SHOWN = 12
HALF = 0.5


def movement(causes: Sequence[Mapping[str, Any]], before: float, now: float) -> Markup:
    """The drawing; causes beyond `SHOWN`, and those that would read 0, share a bar."""
    large = [(str(c["cause"]), float(c["money"])) for c in causes if abs(float(c["money"])) >= HALF]
    parts = large[:SHOWN]
    rest = sum(float(c["money"]) for c in causes) - sum(money for _, money in parts)
    if abs(rest) >= HALF:
        parts.append(("smaller causes", rest))
    levels = [before]
    for _, money in parts:
        levels.append(levels[-1] + money)
    low, high = min(*levels, now), max(*levels, now)
    scale = PLOT / max((high - low) * 1.3, 1.0)

    def x(level: float) -> float:
        return round(LABEL + 12 + (level - low) * scale, 1)

    height = ROW * (len(parts) + 2) + 8
    lines = [
        f'<svg class="waterfall" viewBox="0 0 {LABEL + PLOT + 60} {height}" role="img" '
        'aria-label="What moved the forecast">',
        end_of(0, "Expected before", x(before), f"{before:,.0f}"),
    ]
    lines += [_bar(i, *part, x(levels[i - 1]), x(levels[i])) for i, part in enumerate(parts, 1)]
    lines.append(end_of(len(parts) + 1, "Expected now", x(now), f"{now:,.0f}"))
    return Markup("".join(lines) + "</svg>")  # noqa: S704 (every text in it went through escape)


def _bar(row: int, said: str, value: float, start: float, end: float) -> str:
    y, left, width = row * ROW + 4, min(start, end), max(abs(end - start), 1.5)
    kind = "up" if value >= 0 else "down"
    return (
        f'<text class="said" x="8" y="{y + 17}">{escape(short(said, 50))}</text>'
        f'<line class="join" x1="{start}" x2="{start}" y1="{y - 9}" y2="{y + 8}"/>'
        f'<rect class="{kind}" x="{left}" y="{y + 6}" width="{width}" height="15" rx="3"/>'
        f'<text class="value {kind}-text" x="{max(start, end) + 6}" y="{y + 18}">{value:+,.0f}</text>'
    )
