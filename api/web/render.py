"""Renders a page: templates, filters, the session cookie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from graphql import GraphQLError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.auth import NOBODY, Principal, read_token
from api.errors import Fault
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.web.drawings import movement, paths, reliability, svg, weights
from kg.errors import Forbidden, InputError

HERE = Path(__file__).parent


COOKIE = "dealgraph_token"


PAGES = {"deal": "deals", "lead": "leads", "account": "accounts", "contact": "contacts"}


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
        "movement": movement.movement,
        "percent": svg.percent,
        "words": lambda v: str(v).replace("_", " "),
        "waterfall": svg.waterfall,
        "match_waterfall": weights.match_waterfall,
        "history": svg.history,
        "drawing": paths.drawing,
        "probability": svg.probability,
        "reliability": reliability.reliability,
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


def workspace_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What every page shows of the workspace, and the moment it is shown."""
    return {"workspace": data["workspace"], "now": datetime.now(UTC)}
