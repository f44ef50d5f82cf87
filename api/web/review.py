"""The page of the review queue: pairs with both records side by side, the waterfall, and three buttons."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.web.render import ask, page
from kg.ontology.values import ReviewKind

KINDS = tuple(kind.value for kind in ReviewKind)
MOST = 8192
router = APIRouter(default_response_class=HTMLResponse)


@router.get("/review")
async def review(request: Request) -> Response:
    """The pairs that are most worth a look."""
    asked = request.query_params
    kind = asked.get("kind", "") if asked.get("kind") in KINDS else ""
    data = await ask(request, "review", kind=kind.upper() or None, after=asked.get("after"))
    found = data["reviewQueue"]
    return page(request, "review.html", kind=kind, kinds=KINDS, found=found, workspace=data["workspace"])


@router.post("/review")
async def judged(request: Request) -> Response:
    """Write a judgement down as whoever signed in, and go on with the queue.

    No other site can send this form: browsers keep the cookie (SameSite=Strict) to our own pages.
    """
    body = await request.body()
    form = {name: values[0].strip() for name, values in parse_qs(body[:MOST].decode("utf-8", "replace")).items()}
    sides = {
        side: {"source": form.get(f"{side}_source", ""), "recordId": form.get(f"{side}_id", "")}
        | ({"kind": form[f"{side}_kind"]} if form.get(f"{side}_kind") else {})
        for side in ("a", "b")
    }
    reason = form.get("reason") or "seen in the review queue"
    await ask(request, "judge", **sides, verdict=form.get("verdict", "").upper(), reason=reason)
    kind = form.get("kind", "")
    return RedirectResponse("/review" + (f"?{urlencode({'kind': kind})}" if kind in KINDS else ""), status_code=303)
