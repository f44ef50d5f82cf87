"""The explorer's pages: each asks the GraphQL schema in this process, as whoever signed in, and fills a template."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.web.render import PAGES, ask, page, workspace_of
from kg.errors import NotFound

ORDERS = {
    "score": {"score": "DESC"},
    "amount": {"amount": "DESC"},
    "opened": {"openedAt": "DESC"},
    "closes": {"closeDate": "ASC"},
    "name": {"name": "ASC"},
}
router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
async def home() -> Response:
    """The list of deals is home."""
    return RedirectResponse("/deals", status_code=303)


@router.get("/deals")
async def deals(request: Request) -> Response:
    """Deals by score, filtered and paged."""
    asked = request.query_params
    state = asked.get("state", "open")
    given = {
        "state": None if state == "all" else state,
        "text": asked.get("text") or None,
        "stage": asked.get("stage") or None,
    }
    order = ORDERS.get(asked.get("order", "score"), ORDERS["score"])
    data = await ask(request, "deals", filter=given, orderBy=order, after=asked.get("after"))
    return page(
        request, "deals.html", state=state, order=asked.get("order", "score"), found=data["deals"], **workspace_of(data)
    )


@router.get("/leads")
async def leads(request: Request) -> Response:
    """Leads by score."""
    asked = request.query_params
    state = asked.get("state", "open")
    given = {"text": asked.get("text") or None, "converted": {"open": False, "converted": True}.get(state)}
    data = await ask(request, "leads", filter=given, after=asked.get("after"))
    return page(request, "leads.html", state=state, found=data["leads"], **workspace_of(data))


@router.get("/accounts")
async def accounts(request: Request) -> Response:
    """Accounts by name."""
    asked = request.query_params
    data = await ask(request, "accounts", filter={"text": asked.get("text") or None}, after=asked.get("after"))
    return page(request, "accounts.html", found=data["accounts"], **workspace_of(data))


def _entity(kind: str) -> Callable[[Request, str], Awaitable[Response]]:
    async def show(request: Request, id: str) -> Response:
        data = await ask(request, kind, id=id)
        if data[kind] is None:
            raise NotFound(f"There is no {kind} with the id {id!r}.")
        return page(request, f"{kind}.html", **{kind: data[kind]}, **workspace_of(data))

    return show


for _kind, _path in PAGES.items():
    router.add_api_route(f"/{_path}/{{id}}", _entity(_kind), methods=["GET"])


@router.get("/search")
async def search(request: Request) -> Response:
    """Where a text was found."""
    text = request.query_params.get("text", "").strip()
    data: Mapping[str, Any] = (
        await ask(request, "search", text=text) if len(text) > 1 else {"search": [], "workspace": None}
    )
    return page(request, "search.html", text=text, hits=data["search"], **workspace_of(data))


@router.get("/segments")
async def segments(request: Request) -> Response:
    """The segments, and the accounts of one."""
    name = request.query_params.get("name")
    if name is None:
        data = await ask(request, "segments")
        return page(request, "segments.html", name=None, found=None, segments=data["segments"], **workspace_of(data))
    data = await ask(request, "segment", name=name, after=request.query_params.get("after"))
    return page(
        request, "segments.html", name=name, found=data["segment"], segments=data["segments"], **workspace_of(data)
    )


@router.get("/why")
async def why(request: Request) -> Response:
    """Why two records are one entity, or why not."""
    asked = [request.query_params.get(side, "").strip() for side in "ab"]
    if not all(asked):
        return page(request, "why.html", why=None, **workspace_of(await ask(request, "segments")))
    keys = []
    for text in asked:
        kind, _, record = text.rpartition("|")
        source, _, record_id = record.partition(":")
        keys.append({"source": source, "recordId": record_id, "kind": kind or None})
    data = await ask(request, "why", a=keys[0], b=keys[1])
    return page(request, "why.html", why=data["whyMatched"], **workspace_of(data))


@router.get("/forecast")
async def forecast(request: Request) -> Response:
    """What this quarter and the next will bring, and what moved that."""
    period = request.query_params.get("period") or None
    data = await ask(request, "forecast", period=period)
    return page(request, "forecast.html", period=period, found=data["forecasts"], **workspace_of(data))


@router.get("/models")
async def models(request: Request) -> Response:
    """Models and features, for analysts."""
    data = await ask(request, "models")
    shown = {name: data[name] for name in ("models", "features", "healthEvents")}
    return page(request, "models.html", **shown, **workspace_of(data))


@router.get("/models/{score}")
async def model(request: Request, score: str) -> Response:
    """The models of one score, and the report of one of them: by default of the one that serves."""
    data = await ask(request, "model", name=score)
    found = data["models"]
    if not found:
        raise NotFound(f"There is no model of {score!r}.")
    asked = request.query_params.get("version")
    chosen = next((m for m in found if m["version"] == asked), None)
    if asked and chosen is None:
        raise NotFound(f"There is no version {asked!r} of {score!r}.")
    serves = next((m for m in found if m["active"]), found[0])
    return page(request, "model.html", models=found, model=chosen or serves, **workspace_of(data))
