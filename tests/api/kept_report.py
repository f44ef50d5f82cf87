"""A report of a score as `dealgraph score report` keeps it, in the small."""

from __future__ import annotations

import json
from typing import Any

FIGURE = {"value": 0.7, "low": 0.6, "high": 0.8}
PART = {"n": 12.0, "auc": None, "brier": 0.2, "won": 0.25, "predicted": 0.24}
RIVALS = ("score", "flat fields", "Odoo")
REPORT: dict[str, Any] = {
    "score": "deal_win",
    "means": "Probability that this deal will be won.",
    "as_of": "2024-04-15T00:00:00+00:00",
    "left_out": {"close_reason": "it came after the outcome"},
    "tested": 24,
    "entities": 9,
    "won": 0.25,
    "predicted": 0.24,
    "overall": {name: dict.fromkeys(("auc", "brier", "log_loss", "ece", "slope"), FIGURE) for name in RIVALS},
    "ece_of_perfect": {"mean": 0.02, "high": 0.04},
    "gain": {name: {**FIGURE, "se": 0.1} for name in RIVALS[1:]},
    "families": {"engagement": {**FIGURE, "se": 0.1}},
    "reliability": [{"predicted": 0.1, "realised": 0.12, "n": 12.0}, {"predicted": 0.4, "realised": 0.38, "n": 12.0}],
    "precision": {"10%": {"precision": 0.5, "lift": 2.0}},
    "months": {"2024-03": PART, "2024-04": PART},
    "ages": {"0 to 15 days": PART},
    "stages": {"stage 1": PART},
    "segments": {"account_industry": {"logistics": PART}},
}
TEXT = json.dumps(REPORT)
