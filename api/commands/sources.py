"""dealgraph sources: check a mapping, suggest one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson

sources = typer.Typer(help="Look at sources before they are read.", no_args_is_help=True)


@sources.command("check")
def check(
    config: Annotated[Path, typer.Argument(help="The sources.toml.")],
    first: Annotated[int, typer.Option(min=1, max=50, help="Rows to show of each kind.")] = 3,
    json: AsJson = False,
) -> None:
    """Dry run: the first rows, how they stage, what is rejected and why. Nothing is written."""
    from resolution.staging.notices import sentences
    from resolution.staging.stage import check as dry_run

    found = dry_run(config, first)
    if json:
        show.as_json(found)
        return
    counts = found.report.counts
    show.table(
        ("source", "kind", "fetched", "staged", "rejected", "left out"),
        [(c.source, c.kind, c.fetched, c.staged, c.rejected, c.left_out) for c in counts],
        right=("fetched", "staged", "rejected", "left out"),
    )
    for sample in found.samples:
        show.out.print(f"\n[bold]{sample.source} {sample.kind}[/bold]")
        for row in sample.rows:
            told = {k: v for k, v in row.items() if v is not None and not k.endswith("__known") and k != "payload_hash"}
            show.out.print("  " + ", ".join(f"{k} = {v}" for k, v in told.items()), markup=False, highlight=False)
        for row in sample.rejects:
            what = f"{row['field']} = {row['value']!r}: " if row.get("field") else ""
            show.out.print(f"  rejected at {row.get('place')}: {what}{row.get('reason')}", markup=False)
    for refusal in found.report.refused:
        show.out.print(f"{refusal.source} would be refused: {refusal.sentence}", markup=False)
    for sentence in (*sentences(found.report.notices), *found.report.cannot_know):
        show.out.print(sentence, markup=False)


@sources.command("suggest")
def suggest(files: Annotated[list[Path], typer.Argument(help="Files of a system that has no mapping yet.")]) -> None:
    """Propose a mapping for unseen columns, to be read and corrected by a person."""
    from resolution.sources.suggest import suggest as propose

    print(propose(files))
