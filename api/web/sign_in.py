"""Signing in and out of the explorer, and its static files."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import read_token
from api.web.render import COOKIE, HERE, page
from kg.errors import Forbidden, NotFound

STATIC = {"style.css": "text/css", "explorer.js": "text/javascript", "icon.svg": "image/svg+xml"}
router = APIRouter(default_response_class=HTMLResponse)


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
