"""dealgraph refresh and undo: the whole line, and the way back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import show
from api.commands.resolve import Approve, Retrain
from api.commands.show import AsJson, AsOf

if TYPE_CHECKING:
    from api.jobs.refresh import Refreshed

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
        show.as_json(_plain(found))
        return
    _print(found)


def _print(found: Refreshed) -> None:
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
    changed = any(not done.skipped for done in found.stages)
    if changed and found.undoable:
        show.out.print(f"`dealgraph undo {found.run}` takes this run back; the newest {found.undoable} can be undone.")
    for sentence in found.said:
        show.out.print(f"• {sentence}", markup=False, highlight=False)


def undo(
    run: Annotated[
        str | None, typer.Argument(help="The run, as `dealgraph refresh` names it; without it, lists the runs.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Take the newest run back: records, ids, scores and models are as before it; what people judged stays."""
    from api.jobs.undo import kept
    from api.jobs.undo import undo as take_back
    from kg.graph import Graph

    if run is None:
        runs = kept(show.settings().home)[::-1]
        if json:
            show.as_json(runs)
        else:
            show.out.print("\n".join(runs) if runs else "No run can be taken back: none is kept.")
        return
    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        found = take_back(graph, run, home=show.settings().home, progress=stage("undo"))
    if json:
        show.as_json(found)
        return
    stands = f"{found.as_of:%Y-%m-%d %H:%M} UTC" if found.as_of else "nothing, as before the first run"
    show.out.print(f"Run {found.run} is taken back; the graph speaks as of {stands}.")
    show.out.print("The files are as they were: correct the export or sources.toml before the next refresh.")


def _plain(found: Refreshed) -> dict[str, Any]:
    """A refresh as JSON."""
    stages = [asdict(stage) for stage in found.stages]
    about = {"run": found.run, "as_of": found.as_of.isoformat(), "undoable": found.undoable}
    return {**about, "stages": stages, "said": list(found.said)}
