"""dealgraph models: which version of a score serves, let another serve, roll back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf, published_or

models = typer.Typer(help="Models of scores: list them, let one serve, roll back.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the score, such as deal_win.")]
Because = Annotated[str, typer.Option("--because", help="Why; kept with the activation.")]
By = Annotated[str | None, typer.Option("--by", help="Who decided; without it whoever runs this command.")]


@models.command("list")
def list_models(name: Name, json: AsJson = False) -> None:
    """The versions of a score, newest first, and how each came to serve."""
    from dataclasses import asdict

    from kg.query.files import load_queries
    from scoring.registry.registry import activations

    with show.graph() as graph:
        rows = [row["row"] for row in graph.read(load_queries("reads")["all_models"], name=name, first=1000)]
        steps = activations(graph, name)
    if json:
        kept = ("name", "version", "as_of", "trained_at", "basis", "active")
        show.as_json(
            {"models": [{k: row.get(k) for k in kept} for row in rows], "activations": [asdict(step) for step in steps]}
        )
        return
    show.table(
        ("version", "knows up to", "trained", "answers by", "serves"),
        [
            (
                r["version"],
                f"{r['as_of']:%Y-%m-%d}",
                _minute(r["trained_at"]),
                r["basis"],
                "yes" if r["active"] else "",
            )
            for r in rows
        ],
    )
    show.table(
        ("at", "version", "instead of", "by", "because"),
        [(_minute(s.at), s.version, s.before or "", s.by, s.because) for s in steps],
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@models.command("activate")
def activate(
    name: Name,
    version: Annotated[str, typer.Argument(help="Version to let serve.")],
    because: Because,
    by: By = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Let a version serve, and make its scores the current ones."""
    _switch(name, version, because, by, as_of, json)


@models.command("roll-back")
def roll_back(name: Name, because: Because, by: By = None, as_of: AsOf = None, json: AsJson = False) -> None:
    """Let the version serve that did before, and bring its scores back as they were."""
    _switch(name, None, because, by, as_of, json)


def _switch(name: str, version: str | None, because: str, by: str | None, as_of: Any, json: bool) -> None:
    from kg.store.runs import locked, new_run
    from scoring.registry.registry import served_before
    from scoring.scores import score_named
    from scoring.serving.rescore import activate as switch

    began = datetime.now(UTC)
    run = new_run(began)
    with show.graph() as graph, locked(graph, run, began), show.progress(quiet=json) as stage:
        score = score_named(name)
        to = version or served_before(graph, name)
        at, home = published_or(graph, as_of), show.settings().home
        given: dict[str, Any] = {"because": because, "by": by, "progress": stage("score")}
        count = switch(graph, score, to, as_of=at, home=home, run=run, **given)
    if json:
        show.as_json({"score": name, "version": to, "scores": count})
    else:
        show.out.print(f"{name} {to} serves; {count:,} scores are current.")
