"""What was predicted against what came true, in tenths: on the line each probability is as often right as it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

SIDE = 320


def reliability(bins: Sequence[Mapping[str, float]]) -> Markup:
    """A dot for each tenth, with `predicted`, `realised` (shares) and `n`."""
    dots = "".join(
        f'<circle cx="{b["predicted"] * SIDE:.1f}" cy="{SIDE - b["realised"] * SIDE:.1f}" r="5">'
        f"<title>{b['predicted']:.0%} predicted, {b['realised']:.0%} came true ({b['n']:,.0f})</title></circle>"
        for b in bins
    )
    return Markup(  # noqa: S704 (numbers alone)
        f'<svg class="reliability" width="{SIDE}" height="{SIDE}" role="img" '
        'aria-label="Predicted against realised, in tenths">'
        f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0"/>{dots}'
        f'<text x="{SIDE - 70}" y="{SIDE - 8}">predicted</text><text x="8" y="16">realised</text></svg>'
    )
