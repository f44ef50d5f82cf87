"""dealgraph sources: check a mapping, suggest one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import show
from api.commands.show import AsJson
from kg.errors import SourceRefused

if TYPE_CHECKING:
    from resolution.staging.report import CheckReport, Refusal

sources = typer.Typer(help="Look at sources before they are read.", no_args_is_help=True)


@sources.command("check")
def check(
    config: Annotated[Path, typer.Argument(help="The sources.toml.")],
    first: Annotated[int, typer.Option(min=1, max=50, help="Rows to show of each kind.")] = 3,
    html: Annotated[Path | None, typer.Option(help="Also write a page: every field, how well it is filled.")] = None,
    json: AsJson = False,
) -> None:
    """Dry run: the first rows, how they stage, what is rejected and why. Nothing is staged."""
    from kg.ontology.own import read_own, using
    from resolution.staging.notices import sentences
    from resolution.staging.stage import check as dry_run

    with using(read_own(config.absolute().parent)):
        found = dry_run(config, first, fields=json or html is not None)
    if html is not None:
        _write_page(html, config, found)
    if json:
        show.as_json(found)
        _refuse(found.report.refused, config)
        return
    counts = found.report.counts
    show.table(
        ("source", "kind", "fetched", "staged", "rejected", "left out", "values rejected"),
        [(c.source, c.kind, c.fetched, c.staged, c.rejected, c.left_out, c.misread) for c in counts],
        right=("fetched", "staged", "rejected", "left out", "values rejected"),
    )
    for sample in found.samples:
        show.out.print(f"\n[bold]{sample.source} {sample.kind}[/bold]")
        for row in sample.rows:
            told = {k: v for k, v in row.items() if v is not None and not k.endswith("__known") and k != "payload_hash"}
            show.out.print("  " + ", ".join(f"{k} = {v}" for k, v in told.items()), markup=False, highlight=False)
        for row in sample.rejects:
            what = f"{row['field']} = {row['value']!r}: " if row.get("field") else ""
            cost = "value rejected" if row.get("what") == "value" else "rejected"
            show.out.print(f"  {cost} at {row.get('place')}: {what}{row.get('reason')}", markup=False)
    for refusal in found.report.refused:
        show.out.print(f"{refusal.source} would be refused: {refusal.sentence}", markup=False)
    for sentence in (*sentences(found.report.notices), *found.report.cannot_know):
        show.out.print(sentence, markup=False)
    _refuse(found.report.refused, config)
    show.out.print(f"Next: dealgraph refresh --sources {config}", markup=False)


def _write_page(place: Path, config: Path, found: CheckReport) -> None:
    """The dry run as one page that needs nothing else; it holds values of the files, so it is its owner's alone."""
    from api.web.render import templates
    from resolution.staging.notices import sentences

    told = [*sentences(found.report.notices), *found.report.cannot_know]
    text = templates().get_template("check.html").render(name=config.name, found=found, told=told)
    place.touch(mode=0o600)
    place.chmod(0o600)
    place.write_text(text, encoding="utf-8")


def _refuse(refused: Sequence[Refusal], config: Path) -> None:
    """Ends with the exit code of a refusal where a source would be refused."""
    if refused:
        names = ", ".join(r.source for r in refused)
        raise SourceRefused(f"{names} would be refused; correct {config.name} or the files, then check again")


@sources.command("rejects")
def rejects(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    field: Annotated[str | None, typer.Option(help="Only of this field.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 100,
    json: AsJson = False,
) -> None:
    """List the rows and values that the last run rejected, with place, value and reason."""
    from api.settings import api_settings
    from resolution.staging.rejects import read_rejects

    found = read_rejects(api_settings().home / "staging.duckdb", source=source, kind=kind, field=field, limit=limit)
    if json:
        show.as_json(found)
        return
    for reject in found.rejects:
        what = f"{reject.field} = {reject.value!r}: " if reject.field else ""
        show.out.print(
            f"{reject.place}  {reject.source} {reject.kind} ({reject.what})  {what}{reject.reason}", markup=False
        )
    show.out.print(f"{len(found.rejects)} of {found.total} rejects shown", markup=False)


@sources.command("suggest")
def suggest(
    files: Annotated[list[Path], typer.Argument(help="Files of a system that has no mapping yet.")],
    source: Annotated[str, typer.Option(help="What to call the system.")] = "suggested",
) -> None:
    """Propose a mapping for unseen columns, to be read and corrected by a person."""
    from resolution.sources.suggest import suggest as propose

    print(propose(files, source))
