"""The waterfall of a match weight: from what holds before anything is compared, part by part, to the sum, in bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from api.web.svg import LABEL, PLOT, ROW, short

WIDTH = LABEL + PLOT + 60


def match_waterfall(parts: Sequence[Mapping[str, Any]], threshold: float) -> Markup:
    """A bar for each part that begins where the one before ended; the dashed line is where a pair is accepted.

    `parts` have name, level and weight (log2), the prior first; parts that say nothing are left out.
    """
    said = [p for p in parts[1:] if p["weight"]]
    levels = [parts[0]["weight"] if parts else 0.0]
    for part in said:
        levels.append(levels[-1] + part["weight"])
    low, high = min(*levels, threshold) - 1, max(*levels, threshold) + 1

    def x(level: float) -> float:
        return round(float(LABEL + (level - low) * PLOT / (high - low)), 1)

    height = ROW * (len(said) + 2) + 22
    at = x(threshold)
    drawn = [
        f'<svg class="waterfall" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Parts of the match weight">',
        f'<line class="join" x1="{at}" x2="{at}" y1="4" y2="{height - 18}"/>',
        f'<text class="tick" x="{at}" y="{height - 4}" text-anchor="middle">accepted from {threshold:+.1f} bits</text>',
        _end(0, "Before anything is compared", levels[0], x(levels[0])),
    ]
    for i, part in enumerate(said, 1):
        drawn.append(_step(i, part, x(levels[i - 1]), x(levels[i])))
    drawn.append(_end(len(said) + 1, "Match weight", levels[-1], x(levels[-1])))
    return Markup("".join(drawn) + "</svg>")  # noqa: S704 (every text in it went through escape)


def _end(row: int, said: str, level: float, at: float) -> str:
    y = row * ROW + 4
    return (
        f'<text class="said strong" x="8" y="{y + 17}">{escape(said)}</text>'
        f'<line class="level" x1="{at}" x2="{at}" y1="{y + 2}" y2="{y + ROW - 4}"/>'
        f'<text class="value strong" x="{at + 8}" y="{y + 17}">{level:+.2f}</text>'
    )


def _step(row: int, part: Mapping[str, Any], start: float, end: float) -> str:
    y, value = row * ROW + 4, part["weight"]
    kind = "up" if value > 0 else "down"
    return (
        f'<text class="said" x="8" y="{y + 14}">{escape(short(part["level"], 50))}</text>'
        f'<text class="feature" x="8" y="{y + 26}">{escape(short(part["name"], 54))}</text>'
        f'<rect class="{kind}" x="{min(start, end)}" y="{y + 8}" width="{max(abs(end - start), 1.5)}" height="15" '
        f'rx="3"/><text class="value {kind}-text" x="{max(start, end) + 6}" y="{y + 20}">{value:+.2f}</text>'
    )
