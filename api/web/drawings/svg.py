"""Drawings, rendered on the server: history of a score, waterfall of its reasons. Colours come from the style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import exp, log
from typing import Any

from markupsafe import Markup, escape

Row = Mapping[str, Any]
ROW = 34
LABEL = 330
PLOT = 270
TICKS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


def short(text: object, length: int) -> str:
    """Text cut to a length, with an ellipsis where it was cut."""
    said = str(text)
    return said if len(said) <= length else said[: length - 1].rstrip() + "…"


def end_of(row: int, said: str, at: float, value: str) -> str:
    """An end of a waterfall: what it is, a dot at `at`, and its value."""
    y = row * ROW + 4
    return (
        f'<text class="said strong" x="8" y="{y + 17}">{escape(said)}</text>'
        f'<circle class="level-dot" cx="{at}" cy="{y + 13}" r="5"/>'
        f'<text class="value strong" x="{at + 10}" y="{y + 17}">{value}</text>'
    )


def percent(value: float) -> str:
    """A probability as people read it; never 0 or 100, which no model knows."""
    return "<1 %" if value < 0.005 else ">99 %" if value > 0.995 else f"{value * 100:.0f} %"


def probability(log_odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + exp(-log_odds)) if log_odds >= 0 else exp(log_odds) / (1 + exp(log_odds))


def waterfall(score: Row, most: int = 12) -> Markup:
    """From the base to the score, a bar for each reason that begins where the one before ended; they add up exactly.

    Each of the largest reasons is a link to its paths (`#reason-0`, …); the rest is one bar.
    """
    reasons = [c for c in score["contributions"] if c["logOdds"]]
    shown, rest = (reasons, []) if len(reasons) <= most + 1 else (reasons[:most], reasons[most:])
    steps = [(c["sentence"], _feature(c), c["logOdds"], f"#reason-{i}") for i, c in enumerate(shown)]
    if rest:
        steps.append((f"{len(rest)} smaller reasons together", "", sum(c["logOdds"] for c in rest), "#rest"))
    levels = [score["base"]]
    for _, _, value, _ in steps:
        levels.append(levels[-1] + value)
    low, high = min(levels) - 0.15, max(levels) + 0.15
    scale = PLOT / (high - low)

    def x(level: float) -> float:
        return round(float(LABEL + (level - low) * scale), 1)

    height = ROW * (len(steps) + 2) + 22
    parts = [f'<svg class="waterfall" viewBox="0 0 {LABEL + PLOT + 60} {height}" role="img" aria-label="Reasons">']
    parts += _axis(low, high, x, height)
    parts.append(_end(0, "On average", score["base"], x))
    for i, (said, feature, value, href) in enumerate(steps, 1):
        parts.append(_step(i, said, feature, value, href, x(levels[i - 1]), x(levels[i])))
    parts.append(_end(len(steps) + 1, "Score", score["logOdds"], x))
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (every text in it went through escape)


def _feature(contribution: Row) -> str:
    other = contribution.get("pairedWith")
    return str(contribution["feature"]["name"]) + (f" × {other['name']}" if other else "")


def _axis(low: float, high: float, x: Any, height: int) -> list[str]:
    parts = []
    for tick in TICKS:
        level = log(tick / (1 - tick))
        if low + 0.1 < level < high - 0.1:
            at = x(level)
            parts.append(f'<line class="grid" x1="{at}" x2="{at}" y1="4" y2="{height - 18}"/>')
            parts.append(f'<text class="tick" x="{at}" y="{height - 4}" text-anchor="middle">{tick * 100:.0f} %</text>')
    return parts


def _end(row: int, said: str, level: float, x: Any) -> str:
    y = row * ROW + 4
    at = x(level)
    return (
        f'<text class="said strong" x="8" y="{y + 17}">{escape(said)}</text>'
        f'<line class="level" x1="{at}" x2="{at}" y1="{y + 2}" y2="{y + ROW - 4}"/>'
        f'<circle class="level-dot" cx="{at}" cy="{y + 13}" r="5"/>'
        f'<text class="value strong" x="{at + 10}" y="{y + 17}">{percent(probability(level))}</text>'
    )


def _step(row: int, said: str, feature: str, value: float, href: str, start: float, end: float) -> str:
    y = row * ROW + 4
    left, width = min(start, end), max(abs(end - start), 1.5)
    kind = "up" if value > 0 else "down"
    return (
        f'<a href="{href}" data-reason="{href[1:]}" class="step"><title>{escape(said)} ({value:+.3f})</title>'
        f'<rect class="row" x="0" y="{y}" width="{LABEL + PLOT + 60}" height="{ROW - 2}" rx="5"/>'
        f'<text class="said" x="8" y="{y + 14}">{escape(short(said, 50))}</text>'
        f'<text class="feature" x="8" y="{y + 26}">{escape(short(feature, 54))}</text>'
        f'<line class="join" x1="{start}" x2="{start}" y1="{y - 9}" y2="{y + 8}"/>'
        f'<rect class="{kind}" x="{left}" y="{y + 8}" width="{width}" height="15" rx="3"/>'
        f'<text class="value {kind}-text" x="{max(start, end) + 6}" y="{y + 20}">{value:+.2f}</text></a>'
    )


def history(scores: Sequence[Row]) -> Markup:
    """The scores that an entity had (newest first), with their bands, over time."""
    points = list(reversed(scores))
    if len(points) < 2:
        return Markup("")
    times = [moment(p["asOf"]).timestamp() for p in points]
    span = max(times[-1] - times[0], 1.0)
    values = [v for p in points for v in (p["low"], p["value"], p["high"]) if v is not None]
    low, high = max(min(values) - 0.03, 0), min(max(values) + 0.03, 1)

    def at(time: float, value: float) -> str:
        return f"{6 + (time - times[0]) / span * 258:.1f},{8 + (high - value) / max(high - low, 0.01) * 64:.1f}"

    upper = [at(t, p["high"] if p["high"] is not None else p["value"]) for t, p in zip(times, points, strict=True)]
    lower = [at(t, p["low"] if p["low"] is not None else p["value"]) for t, p in zip(times, points, strict=True)]
    line = [at(t, p["value"]) for t, p in zip(times, points, strict=True)]
    last = line[-1].split(",")
    first_day, last_day = (f"{moment(p['asOf']):%-d %b %Y}" for p in (points[0], points[-1]))
    return Markup(  # noqa: S704 (numbers and dates only)
        f'<svg class="history" viewBox="0 0 276 94" role="img" aria-label="History of the score">'
        f'<polygon class="band" points="{" ".join([*upper, *reversed(lower)])}"/>'
        f'<polyline class="line" points="{" ".join(line)}"/><circle class="dot" cx="{last[0]}" cy="{last[1]}" r="4"/>'
        f'<text class="tick" x="4" y="90">{first_day}</text>'
        f'<text class="tick" x="270" y="90" text-anchor="end">{last_day}</text></svg>'
    )


def moment(text: str | datetime) -> datetime:
    """A moment as GraphQL writes it."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)
