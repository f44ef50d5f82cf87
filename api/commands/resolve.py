"""Records in: sources, resolve, refresh, demo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf
from kg.errors import InputError

if TYPE_CHECKING:
    from resolution.fit.settings import Settings

resolve = typer.Typer(help="Decide which records are the same account, contact, deal or outcome.", no_args_is_help=True)
Kind = Annotated[str, typer.Option("--kind", help="What the records are about: contact, account or mixed.")]
Fit = Annotated[bool, typer.Option("--fit", help="Learn the matching from the records themselves.")]
FitSettings = Annotated[
    Path | None, typer.Option("--settings", help="Settings that `resolve fit` wrote, as they are or changed.")
]
Entity = Annotated[
    str | None,
    typer.Option(
        "--entity",
        help="Whether an entity of a file of organisations is a site or an organisation; the file says it otherwise.",
    ),
]
AnswersFile = Annotated[
    Path | None,
    typer.Option("--answers", help="Questions that `resolve ask` wrote, with yes or no in the column same."),
]
Records = Annotated[Path, typer.Option("--records", help="CSV: record_id, [source], any columns.")]
Approve = Annotated[
    bool,
    typer.Option(
        "--approve", help="Go on also when more records end, or more entities merge or split, than pass unseen."
    ),
]
Retrain = Annotated[
    bool, typer.Option("--retrain", help="Learn the matching anew from all records; entities keep their ids.")
]


@resolve.command("run")
def run(as_of: AsOf = None, approve: Approve = False, retrain: Retrain = False, json: AsJson = False) -> None:
    """Resolve what changed in the records staged last, with the judgements of the graph; nothing is loaded."""
    from kg.graph import Graph
    from kg.judgements import read_judgements
    from resolution.judgements.guards import sentences
    from resolution.run.resolve import resolve as resolve_all

    home = show.settings().home
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
    entity: Entity = None,
    answers: AnswersFile = None,
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
    from resolution.standalone.predict import predict as predict_file

    counts = predict_file(
        records,
        kind,
        out,
        backend=backend,
        fit=fit,
        settings=_given(settings, entity),
        master=master,
        conf=dict(_setting(text) for text in conf or ()),
        sample=sample,
        tell=_tell,
        answers=answers,
    )
    show.as_json(counts) if json else show.out.print(
        f"{counts['records']:,} records, {counts['entities']:,} entities: {out}"
    )


def _given(settings: Path | None, entity: str | None) -> Settings | None:
    """The settings of a file, with what is said of its entities; None where nothing was given."""
    from resolution.fit.settings import Settings, read_settings
    from resolution.fit.sites import ENTITIES

    if entity not in (None, *ENTITIES):
        raise InputError(f"--entity {entity!r} is not one of {', '.join(ENTITIES)}")
    if settings is None:
        return None if entity is None else Settings({}, {}, entity)
    given = read_settings(settings)
    return given if entity is None else replace(given, entity=entity)


def _tell(sentence: str) -> None:
    show.err.print(sentence, markup=False, highlight=False)


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
    entity: Entity = None,
    answers: AnswersFile = None,
) -> None:
    """Compare with the truth: pairs, cluster pairs, B-cubed, the curve over thresholds and causes, as JSON."""
    from resolution.standalone.evaluate import evaluate as evaluate_file

    given = _given(settings, entity)
    show.as_json(evaluate_file(records, truth, kind, fit, given, _tell, answers))


@resolve.command("ask")
def ask(
    records: Records,
    kind: Kind,
    out: Annotated[
        Path, typer.Option("--out", help="CSV to write: two records side by side, and a column to fill in.")
    ],
    fit: Fit = False,
    settings: FitSettings = None,
    entity: Entity = None,
    answers: AnswersFile = None,
    number: Annotated[int, typer.Option("--number", min=1, max=1000, help="How many pairs to ask about.")] = 10,
    json: AsJson = False,
) -> None:
    """Write the pairs of a file that a person should judge first: those whose answers would change most."""
    from resolution.standalone.ask import ask as ask_file

    given = _given(settings, entity)
    counts = ask_file(records, kind, fit, out, settings=given, answers=answers, number=number, tell=_tell)
    show.as_json(counts) if json else show.out.print(
        f"{counts['questions']:,} pairs to judge: write yes or no in the column same of {out}, then give it to "
        "predict --answers"
    )


@resolve.command("fit")
def fit(
    records: Records,
    kind: Kind,
    out: Annotated[
        Path | None, typer.Option("--out", help="TOML to write: what predict --settings and evaluate --settings take.")
    ] = None,
    entity: Entity = None,
    json: AsJson = False,
) -> None:
    """Say what a file's columns are, and propose comparisons, blocking and a threshold for them; no labels are used."""
    from resolution.standalone.describe import describe

    found = describe(records, kind, settings=_given(None, entity), write_to=out)
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
        if "entity" in told:
            show.out.print(
                f"An entity is taken to be {'a site' if told['entity'] == 'site' else 'an organisation'}: "
                f"{told['entity_because']}; --entity says otherwise."
            )
        show.out.print(
            f"{told['pairs_compared']:,} pairs compared, {told['pairs_accepted']:,} accepted from a weight of "
            f"{told['threshold']:g} (log2), where the expected F1 is highest."
        )
        for sentence in told["sentences"]:
            show.out.print(sentence, markup=False, highlight=False)
