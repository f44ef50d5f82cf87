"""The waterfall of a match weight: from the prior, a bar for each part, to the sum, and the threshold, in bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import Any

from markupsafe import Markup, escape

from api.web.drawings.svg import LABEL, PLOT, ROW, end_of, short

Row = Mapping[str, Any]
Part = tuple[str, str, float]
"""What is said, what is said below it in small, and the bits."""


def weights(pair: Row) -> Markup:
    """The waterfall of a pair as `whyMatched` explains it; nothing where a person alone decided."""
    if pair["matchWeight"] is None:
        return Markup("")
    parts = [(str(c["comparison"]).replace("_", " "), str(c["level"]), float(c["weight"])) for c in pair["comparisons"]]
    parts += [
        (f"{c['comparison']}: how rare the value is".replace("_", " "), "frequency", float(c["adjustment"]))
        for c in pair["comparisons"]
        if c["adjustment"]
    ]
    return drawn(float(pair["prior"]), parts, float(pair["matchWeight"]), float(pair["threshold"]))


def match_waterfall(parts: Sequence[Row], threshold: float) -> Markup:
    """The waterfall of a pair in the review queue: parts of name, level and weight, the prior first."""
    prior = float(parts[0]["weight"]) if parts else 0.0
    said = [(str(p["level"]), str(p["name"]), float(p["weight"])) for p in parts[1:] if p["weight"]]
    return drawn(prior, said, prior + sum(bits for _, _, bits in said), threshold)


def drawn(prior: float, parts: Sequence[Part], total: float, threshold: float) -> Markup:
    """The drawing."""
    levels = [prior]
    for _, _, bits in parts:
        levels.append(levels[-1] + bits)
    low, high = min(*levels, threshold) - 1.5, max(*levels, threshold) + 1.5
    scale = PLOT / (high - low)

    def x(level: float) -> float:
        return round(float(LABEL + (level - low) * scale), 1)

    height = ROW * (len(parts) + 2) + 22
    lines = [
        f'<svg class="waterfall weights" viewBox="0 0 {LABEL + PLOT + 60} {height}" role="img" aria-label="Weights">'
    ]
    lines += _axis(low, high, x, height, threshold)
    lines.append(end_of(0, "Before any comparison", x(prior), f"{prior:+.2f}"))
    lines += [_bar(i, *part, x(levels[i - 1]), x(levels[i])) for i, part in enumerate(parts, 1)]
    lines.append(end_of(len(parts) + 1, "Match weight", x(total), f"{total:+.2f}"))
    return Markup("".join(lines) + "</svg>")  # noqa: S704 (every text in it went through escape)


def _axis(low: float, high: float, x: Any, height: int, threshold: float) -> list[str]:
    step = max(5, 5 * ceil((high - low) / 30))
    ticks = [t for t in range(step * ceil(low / step), floor(high) + 1, step) if abs(t - threshold) * 12 > high - low]
    parts = []
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{x(tick)}" x2="{x(tick)}" y1="4" y2="{height - 18}"/>')
        parts.append(f'<text class="tick" x="{x(tick)}" y="{height - 4}" text-anchor="middle">{tick:+d}</text>')
    at = x(threshold)
    parts.append(f'<line class="threshold" x1="{at}" x2="{at}" y1="4" y2="{height - 18}"/>')
    parts.append(f'<text class="tick" x="{at}" y="{height - 4}" text-anchor="middle">threshold {threshold:g}</text>')
    return parts


def _bar(row: int, said: str, level: str, value: float, start: float, end: float) -> str:
    y, left, width = row * ROW + 4, min(start, end), max(abs(end - start), 1.5)
    kind = "up" if value >= 0 else "down"
    return (
        f'<text class="said" x="8" y="{y + 14}">{escape(short(said, 50))}</text>'
        f'<text class="feature" x="8" y="{y + 26}">{escape(short(level, 54))}</text>'
        f'<line class="join" x1="{start}" x2="{start}" y1="{y - 9}" y2="{y + 8}"/>'
        f'<rect class="{kind}" x="{left}" y="{y + 8}" width="{width}" height="15" rx="3"/>'
        f'<text class="value {kind}-text" x="{max(start, end) + 6}" y="{y + 20}">{value:+.2f}</text>'
    )
