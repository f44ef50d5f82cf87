"""The doors: serve, token, schema, bench, quickstart."""

from __future__ import annotations

from typing import Annotated

import typer

from api.auth import Role, make_token, signing_secret
from api.commands import show
from api.commands.show import AsJson


def serve() -> None:
    """Serve GraphQL at /graphql and the explorer, until stopped."""
    import uvicorn

    from api.app import create_app
    from api.jobs import process
    from kg.graph import Graph

    settings = show.settings()
    process.check_port(settings)
    with Graph.connect() as graph:
        graph.wait_ready(0)
    show.err.print("Warming the reads, so that the first answer comes at once…")

    def ready() -> None:
        show.err.print(f"Dealgraph listens at {settings.address} (GraphQL at /graphql). Stop with Ctrl-C.")

    app = create_app(settings, ready=ready)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


def token(
    role: Annotated[Role, typer.Option("--role", help="What it allows; a viewer sees no personal data.")] = Role.VIEWER,
    name: Annotated[str, typer.Option("--name", help="Who it is for; the log says so.")] = "cli",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="How long it holds; DEALGRAPH_TOKEN_DAYS without one.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a token for GraphQL and the explorer."""
    settings = show.settings()
    made = make_token(signing_secret(settings.secret_file), role, name=name, days=days or settings.token_days)
    show.as_json({"token": made, "role": role, "days": days or settings.token_days}) if json else print(made)
