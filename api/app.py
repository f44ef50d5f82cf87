"""The API: GraphQL at /graphql, the explorer for people, and /health. No page loads anything from elsewhere."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from api.auth import bearer, signing_secret
from api.errors import Fault, describe
from api.graphql.context import new_context
from api.graphql.given import hold
from api.graphql.loaders import warm
from api.graphql.schema import MAKERS, execute, schema
from api.settings import ApiSettings, api_settings
from api.web import pages, review, sign_in
from api.web.render import fault_page
from kg.errors import DealgraphError, Forbidden, InputError
from kg.graph import AsyncGraph

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(
    settings: ApiSettings | None = None, graph: AsyncGraph | None = None, ready: Callable[[], None] = lambda: None
) -> FastAPI:
    """The application; `graph` is given by tests, else it is the one that the settings name.

    It listens once the reads are warm, and calls `ready` then.
    """
    own = settings or api_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.graph = graph or AsyncGraph.connect()
        await warm(app.state.graph)
        gc.freeze()  # what was loaded at start stays: fewer and shorter pauses under load
        ready()
        yield
        if graph is None:
            await app.state.graph.close()

    app = FastAPI(title="Dealgraph", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.settings = own
    app.state.secret = signing_secret(own.secret_file)
    schema(own)  # a schema that cannot be built stops the start, not the first request
    app.add_api_route("/graphql", graphql, methods=["POST"])
    app.add_api_route("/health", health, methods=["GET"])
    app.include_router(pages.router)
    app.include_router(review.router)
    app.include_router(sign_in.router)
    app.add_exception_handler(Exception, _failed)
    app.add_exception_handler(DealgraphError, _failed)
    app.middleware("http")(_guard)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Headers of every answer; an unknown error becomes a masked one."""
    try:
        response = await call_next(request)
    except Exception as error:  # the last door: whatever it is, it leaves masked
        response = await _failed(request, error)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _failed(request: Request, error: Exception) -> Response:
    fault = describe(error)
    if request.url.path == "/graphql":
        return _refusal(fault)
    return fault_page(request, fault)


def _refusal(fault: Fault) -> JSONResponse:
    status = 401 if fault.code == "FORBIDDEN" else fault.status
    body = {"data": None, "errors": [{"message": fault.message, "extensions": fault.extensions}]}
    return JSONResponse(body, status_code=status, headers={"WWW-Authenticate": "Bearer"} if status == 401 else None)


async def health() -> dict[str, str]:
    """Whether this process answers; it asks nothing of the graph."""
    return {"status": "ok"}


async def graphql(request: Request) -> Response:
    """One GraphQL operation: `{"query", "variables", "operationName"}` with a bearer token."""
    state = request.app.state
    principal = bearer(request.headers.get("authorization"), state.secret)
    if principal.role is None:
        raise Forbidden("Send `Authorization: Bearer …` with a token made by `dealgraph token`.")
    asked = await _body(request, state.settings.request_bytes)
    context = new_context(principal, state.graph, state.settings, MAKERS)
    result = await execute(context, asked["query"], asked.get("variables"), asked.get("operationName"))
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    return JSONResponse(body)


async def _body(request: Request, limit: int) -> dict[str, Any]:
    """The request's body, refused when it is too large or no JSON object with a query."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise InputError("The request's content type must be application/json.")
    body = bytearray()
    async with asyncio.timeout(10):
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                raise InputError(f"The request's body is larger than {limit:,} bytes.")
    try:
        asked = json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise InputError("The request's body is not JSON.") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise InputError('The request\'s body must be a JSON object with a text "query".')
    for key in ("variables", "operationName"):
        if asked.get(key) is not None and not isinstance(asked[key], dict if key == "variables" else str):
            raise InputError(f"The request's {key!r} has the wrong type.")
    hold("request", asked)
    return asked
