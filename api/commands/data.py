"""Records in: sources, resolve, refresh, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf
from api.settings import api_settings
from kg.errors import InputError

sources = typer.Typer(help="Look at sources before they are read.", no_args_is_help=True)
resolve = typer.Typer(help="Decide which records are the same account, contact, deal or outcome.", no_args_is_help=True)
Kind = Annotated[str, typer.Option("--kind", help="What the records are about: contact, account or mixed.")]
Fit = Annotated[bool, typer.Option("--fit", help="Learn the matching from the records themselves.")]
FitSettings = Annotated[
    Path | None, typer.Option("--settings", help="Settings that `resolve fit` wrote, as they are or changed.")
]
Records = Annotated[Path, typer.Option("--records", help="CSV: record_id, [source], any columns.")]
Approve = Annotated[
    bool, typer.Option("--approve", help="Publish also when more entities merge or split than pass unseen.")
]
Retrain = Annotated[
    bool, typer.Option("--retrain", help="Learn the matching anew from all records; entities keep their ids.")
]
Sources = Annotated[Path, typer.Option("--sources", help="The sources.toml.")]


@sources.command("check")
def check(
    config: Annotated[Path, typer.Argument(help="The sources.toml.")],
    first: Annotated[int, typer.Option(min=1, max=50, help="Rows to show of each kind.")] = 3,
    json: AsJson = False,
) -> None:
    """Dry run: the first rows, how they stage, what is rejected and why. Nothing is written."""
    from resolution.staging import check as dry_run

    found = dry_run(config, first)
    if json:
        show.as_json(found)
        return
    counts = found.report.counts
    show.table(
        ("source", "kind", "fetched", "staged", "rejected"),
        [(c.source, c.kind, c.fetched, c.staged, c.rejected) for c in counts],
        right=("fetched", "staged", "rejected"),
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
    for sentence in found.report.cannot_know:
        show.out.print(sentence, markup=False)


@sources.command("suggest")
def suggest(files: Annotated[list[Path], typer.Argument(help="Files of a system that has no mapping yet.")]) -> None:
    """Propose a mapping for unseen columns, to be read and corrected by a person."""
    from resolution.sources.suggest import suggest as propose

    print(propose(files))


@resolve.command("run")
def run(as_of: AsOf = None, approve: Approve = False, retrain: Retrain = False, json: AsJson = False) -> None:
    """Resolve what changed in the records staged last, with the judgements of the graph; nothing is loaded."""
    from kg.graph import Graph
    from kg.judgements import read_judgements
    from resolution.guards import sentences
    from resolution.resolve import resolve as resolve_all

    home = api_settings().home
    if not (home / "staging.duckdb").exists():
        raise InputError(f"There is nothing staged in {home}: run `dealgraph refresh --sources sources.toml`.")
    with Graph.connect() as graph:
        judged = read_judgements(graph)
    with show.progress(quiet=json) as stage:
        found = resolve_all(
            home / "staging.duckdb",
            home / "resolution.duckdb",
            now=show.moment(as_of),
            judgements=judged,
            approve=approve,
            retrain=retrain,
            progress=stage("resolve"),
        )
    if json:
        show.as_json(found)
        return
    rows = [
        (kind, found.records[kind], n, found.pairs.get(kind), found.accepted.get(kind))
        for kind, n in found.entities.items()
    ]
    show.table(
        ("kind", "records", "entities", "pairs", "accepted"), rows, right=("records", "entities", "pairs", "accepted")
    )
    for sentence in sentences(found.findings):
        show.out.print(f"• {sentence}", markup=False, highlight=False)


@resolve.command("predict")
def predict(
    records: Annotated[str, typer.Option("--records", help="CSV or Parquet: record_id, [source], any columns.")],
    kind: Kind,
    out: Annotated[str, typer.Option("--out", help="CSV to write: record_id, entity_id, in the same order.")],
    fit: Fit = False,
    settings: FitSettings = None,
    backend: Annotated[
        str, typer.Option("--backend", help="Where it is worked out: duckdb, or spark for a file beyond one machine.")
    ] = "duckdb",
    master: Annotated[
        str | None,
        typer.Option("--master", help="Spark's master, as yarn or spark://…; default: this machine's cores."),
    ] = None,
    conf: Annotated[
        list[str] | None, typer.Option("--conf", help="A setting of Spark, name=value; repeatable.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=2, help="Records that Spark's model is trained on; default: 1,000,000."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Say which records of a file are the same."""
    from resolution.backends import predict as predict_file
    from resolution.fit.settings import read_settings

    counts = predict_file(
        records,
        kind,
        out,
        backend=backend,
        fit=fit,
        settings=read_settings(settings) if settings else None,
        master=master,
        conf=dict(_setting(text) for text in conf or ()),
        sample=sample,
    )
    show.as_json(counts) if json else show.out.print(
        f"{counts['records']:,} records, {counts['entities']:,} entities: {out}"
    )


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise InputError(f"--conf {text!r} is not name=value")
    return name, value


@resolve.command("evaluate")
def evaluate(
    records: Records,
    kind: Kind,
    truth: Annotated[Path, typer.Option("--truth", help="CSV: record_id, entity_id.")],
    fit: Fit = False,
    settings: FitSettings = None,
) -> None:
    """Compare with the truth: pairs, cluster pairs, B-cubed, the curve over thresholds and causes, as JSON."""
    from resolution.evaluate import evaluate as evaluate_file
    from resolution.fit.settings import read_settings

    show.as_json(evaluate_file(records, truth, kind, fit, read_settings(settings) if settings else None))


@resolve.command("fit")
def fit(
    records: Records,
    kind: Kind,
    out: Annotated[
        Path | None, typer.Option("--out", help="TOML to write: what predict --settings and evaluate --settings take.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say what a file's columns are, and propose comparisons, blocking and a threshold for them; no labels are used."""
    from resolution.describe import describe

    found = describe(records, kind, write_to=out)
    if json:
        show.as_json(found)
        return
    for part, told in found.items():
        show.out.print(f"\n[bold]{part}[/bold]")
        keys = ("name", "role", "told_by", "filled", "distinct", "example")
        show.table(keys, [tuple(c[k] for k in keys) for c in told["columns"]], right=("filled", "distinct"))
        levels = [(c["name"], v["level"], v["weight"], v["pairs"]) for c in told["comparisons"] for v in c["levels"]]
        show.table(("comparison", "level", "weight", "pairs"), levels, right=("weight", "pairs"))
        blocks = [(b["about"], b["at_most"]) for b in told["blocks"]]
        show.table(
            ("compared where they share", "unless more records than"), blocks, right=("unless more records than",)
        )
        show.out.print(
            f"{told['pairs_compared']:,} pairs compared, {told['pairs_accepted']:,} accepted from a weight of "
            f"{told['threshold']:g} (log2), where the expected F1 is highest."
        )


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
    from api.refresh import as_json
    from api.refresh import refresh as whole_line
    from kg.graph import Graph

    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        found = whole_line(
            graph,
            sources_toml,
            home=api_settings().home,
            show=stage,
            as_of=show.moment(as_of),
            force=force,
            approve=approve,
            retrain=retrain,
        )
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


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    accounts: Annotated[int, typer.Option(min=1, help="How many accounts; about 105 records come with each.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    null: Annotated[bool, typer.Option("--null", help="Cut every tie between the graph and the outcomes.")] = False,
    json: AsJson = False,
) -> None:
    """Write what the systems of a made-up company hold, its sources.toml, and the truth beside them."""
    from resolution.sources.demo import write_demo

    with show.progress(quiet=json) as stage:
        found = write_demo(out, accounts=accounts, seed=seed, null=null, progress=stage("demo"))
    if json:
        show.as_json(
            {"out": str(out), "accounts": accounts, "seed": seed, "records": found.records, "rows": dict(found.rows)}
        )
    else:
        show.out.print(
            f"{found.records:,} records of {found.accounts:,} accounts are in {out}: "
            f"run `dealgraph refresh --sources {out}/sources.toml`."
        )
