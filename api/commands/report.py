"""A score's report as a page of its own: no server, no script, nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_report(report: dict[str, Any], out: Path) -> None:
    """Write a report as JSON where the file is called so, else as HTML."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".json":
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        return
    from api.web.render import templates  # what serves pages, which other commands do not need

    page = templates().get_template("report.html")
    out.write_text(page.render(report=report), encoding="utf-8")
