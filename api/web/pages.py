"""The explorer's pages: each asks the GraphQL schema in this process, as whoever signed in, and fills a template."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from graphql import GraphQLError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.auth import NOBODY, Principal, read_token
from api.context import new_context
from api.errors import Fault
from api.schema import MAKERS, execute
from api.web import paths, svg, weights
from kg.errors import Forbidden, InputError, NotFound

HERE = Path(__file__).parent
COOKIE = "dealgraph_token"
STATIC = {"style.css": "text/css", "explorer.js": "text/javascript", "icon.svg": "image/svg+xml"}
ORDERS = {
    "score": {"score": "DESC"},
    "amount": {"amount": "DESC"},
    "opened": {"openedAt": "DESC"},
    "closes": {"closeDate": "ASC"},
    "name": {"name": "ASC"},
}
PAGES = {"deal": "deals", "lead": "leads", "account": "accounts", "contact": "contacts"}
router = APIRouter(default_response_class=HTMLResponse)


def day(value: str | datetime | None) -> str:
    """A day as people read it."""
    return f"{svg.moment(value):%-d %b %Y}" if value else "–"


def ago(value: str | datetime | None, now: str | datetime | None) -> str:
    """How long ago something was, in the largest unit that fits."""
    if not value or not now:
        return "never"
    days = (svg.moment(now) - svg.moment(value)).days
    if days <= 0:
        return "today"
    return f"{days} d ago" if days < 60 else f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


def money(value: float | None, currency: str | None = None) -> str:
    """An amount with its currency."""
    return "–" if value is None else f"{value:,.0f} {currency or ''}".strip()


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates; everything that is filled in is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": day,
        "money": money,
        "percent": svg.percent,
        "words": lambda v: str(v).replace("_", " "),
        "waterfall": svg.waterfall,
        "match_waterfall": weights.match_waterfall,
        "history": svg.history,
        "drawing": paths.drawing,
        "probability": svg.probability,
        "weights": weights.weights,
    }
    made.globals |= {"ago": ago, "pages": PAGES}
    return made


@lru_cache(maxsize=32)
def query_text(name: str) -> str:
    """The GraphQL text of a page."""
    return (HERE / "queries" / f"{name}.graphql").read_text(encoding="utf-8")


def signed_in(request: Request) -> Principal:
    """Who the cookie stands for; nobody without a valid one."""
    token = request.cookies.get(COOKIE)
    try:
        return read_token(request.app.state.secret, token) if token else NOBODY
    except Forbidden:
        return NOBODY


async def ask(request: Request, name: str, /, **variables: Any) -> dict[str, Any]:
    """The data of a page's query.

    Raises:
        DealgraphError: as the schema raised it; an unknown one is masked.
    """
    state = request.app.state
    context = new_context(signed_in(request), state.graph, state.settings, MAKERS)
    result = await execute(context, query_text(name), variables)
    if result.errors:
        first: GraphQLError = result.errors[0]
        code = (first.extensions or {}).get("code")
        raise Forbidden(first.message) if code == "FORBIDDEN" else InputError(first.message)
    return result.data or {}


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A template, filled."""
    given = {
        "who": signed_in(request),
        "path": request.url.path,
        "workspace": None,
        "query": dict(request.query_params),
    } | values
    return HTMLResponse(templates().get_template(template).render(given), status_code=status)


def fault_page(request: Request, fault: Fault) -> Response:
    """What went wrong, as a page; whoever is not signed in is sent to sign in."""
    if fault.code == "FORBIDDEN" and signed_in(request).role is None:
        return RedirectResponse("/sign-in?" + urlencode({"next": request.url.path}), status_code=303)
    return page(request, "fault.html", status=fault.status, fault=fault)


@router.get("/")
async def home() -> Response:
    """The list of deals is home."""
    return RedirectResponse("/deals", status_code=303)


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Where a token is given."""
    return page(request, "sign_in.html", said=None)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Keep the token in a cookie that no script reads and no other site sends."""
    body = await request.body()
    form = parse_qs(body[:8192].decode("utf-8", "replace"))
    token = form.get("token", [""])[0].strip()
    try:
        read_token(request.app.state.secret, token)
    except Forbidden as error:
        return page(request, "sign_in.html", status=403, said=str(error))
    wanted = form.get("next", ["/deals"])[0]
    # only a path of ours: neither another site nor `//host`, which browsers take for one
    ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    answer = RedirectResponse(wanted if ours else "/deals", status_code=303)
    settings = request.app.state.settings
    answer.set_cookie(
        COOKIE,
        token,
        max_age=settings.token_days * 86_400,
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookie,
        path="/",
    )
    return answer


@router.post("/sign-out")
async def sign_out() -> Response:
    """Forget the token."""
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """One of our own files: a fixed list, so that no path leads elsewhere."""
    if name not in STATIC:
        raise NotFound(f"There is no file {name!r} here.")
    return Response(
        (HERE / "static" / name).read_bytes(), media_type=STATIC[name], headers={"Cache-Control": "max-age=300"}
    )


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
    return page(request, "deals.html", state=state, order=asked.get("order", "score"), found=data["deals"], **_ws(data))


@router.get("/leads")
async def leads(request: Request) -> Response:
    """Leads by score."""
    asked = request.query_params
    state = asked.get("state", "open")
    given = {"text": asked.get("text") or None, "converted": {"open": False, "converted": True}.get(state)}
    data = await ask(request, "leads", filter=given, after=asked.get("after"))
    return page(request, "leads.html", state=state, found=data["leads"], **_ws(data))


@router.get("/accounts")
async def accounts(request: Request) -> Response:
    """Accounts by name."""
    asked = request.query_params
    data = await ask(request, "accounts", filter={"text": asked.get("text") or None}, after=asked.get("after"))
    return page(request, "accounts.html", found=data["accounts"], **_ws(data))


def _entity(kind: str) -> Callable[[Request, str], Awaitable[Response]]:
    async def show(request: Request, id: str) -> Response:
        data = await ask(request, kind, id=id)
        if data[kind] is None:
            raise NotFound(f"There is no {kind} {id!r} as of what is published.")
        return page(request, f"{kind}.html", **{kind: data[kind]}, **_ws(data))

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
    return page(request, "search.html", text=text, hits=data["search"], **_ws(data))


@router.get("/segments")
async def segments(request: Request) -> Response:
    """The segments, and the accounts of one."""
    name = request.query_params.get("name")
    if name is None:
        data = await ask(request, "segments")
        return page(request, "segments.html", name=None, found=None, segments=data["segments"], **_ws(data))
    data = await ask(request, "segment", name=name, after=request.query_params.get("after"))
    return page(request, "segments.html", name=name, found=data["segment"], segments=data["segments"], **_ws(data))


@router.get("/why")
async def why(request: Request) -> Response:
    """Why two records are one entity, or why not."""
    asked = [request.query_params.get(side, "").strip() for side in "ab"]
    if not all(asked):
        return page(request, "why.html", why=None, **_ws(await ask(request, "segments")))
    keys = []
    for text in asked:
        kind, _, record = text.rpartition("|")
        source, _, record_id = record.partition(":")
        keys.append({"source": source, "recordId": record_id, "kind": kind or None})
    data = await ask(request, "why", a=keys[0], b=keys[1])
    return page(request, "why.html", why=data["whyMatched"], **_ws(data))


@router.get("/models")
async def models(request: Request) -> Response:
    """Models and features, for analysts."""
    data = await ask(request, "models")
    return page(request, "models.html", models=data["models"], features=data["features"], **_ws(data))


def _ws(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"workspace": data["workspace"], "now": datetime.now(UTC)}
