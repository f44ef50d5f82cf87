"""dealgraph refresh: the whole line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.resolve import Approve, Retrain
from api.commands.show import AsJson, AsOf

Sources = Annotated[Path, typer.Option("--sources", help="The sources.toml.")]


def refresh(
    sources_toml: Sources,
    as_of: AsOf = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run every stage again, also those whose inputs are unchanged.")
    ] = False,
    approve: Approve = False,
    retrain: Retrain = False,
    json: AsJson = False,
) -> None:
    """Run the whole line: stage, resolve, load, norms, networks, train, score, publish. If killed, run it again."""
    from api.jobs.models import LEFT_OUT
    from api.jobs.refresh import as_json
    from api.jobs.refresh import refresh as whole_line
    from kg.graph import Graph

    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        found = whole_line(
            graph,
            sources_toml,
            home=show.settings().home,
            show=stage,
            as_of=show.moment(as_of),
            force=force,
            approve=approve,
            retrain=retrain,
        )
    for notice in (notice for done in found.stages for notice in done.notices if notice.get("what") == LEFT_OUT):
        show.err.print(str(notice["sentence"]), markup=False, highlight=False)
    if json:
        show.as_json(as_json(found))
        return
    rows = [
        (
            done.stage,
            "unchanged" if done.skipped else f"{done.seconds:.1f} s",
            ", ".join(f"{k} {f'{v:,}' if isinstance(v, int) else v}" for k, v in done.counts.items()),
        )
        for done in found.stages
    ]
    show.table(("stage", "took", "counts"), rows)
    show.out.print(f"The graph speaks as of {found.as_of:%Y-%m-%d %H:%M} UTC.")
    for sentence in found.said:
        show.out.print(f"• {sentence}", markup=False, highlight=False)
