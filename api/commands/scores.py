"""Scores: train, score, explain, segment, export."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands import show
from api.commands.report import write_report
from api.commands.segments import show_segment
from api.commands.show import AsJson, AsOf, published_or
from kg.errors import ConfigurationError

score = typer.Typer(help="Score what is open, a file of moments, or write scores for a CRM.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the score, such as deal_win.")]
Out = Annotated[Path, typer.Option("--out", help="CSV to write.")]


def train(
    name: Name,
    as_of: AsOf = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="A feature to leave out; may be given several times.")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="A column to learn from although it seems to tell the outcome; several times."),
    ] = None,
    because: Annotated[str | None, typer.Option("--because", help="Why it may be; kept with the model.")] = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Learn without letting the model serve.")] = False,
    json: AsJson = False,
) -> None:
    """Learn a score from what was known at a moment, and nothing later."""
    from dataclasses import replace

    from kg.errors import InputError
    from scoring.learning.train import train as learn
    from scoring.scores import score_named

    with show.graph() as graph, show.progress(quiet=json) as stage:
        wanted = score_named(name)
        if allow and not (because or "").strip():
            raise InputError(f"--allow {allow[0]!r} needs a reason: --because 'it was there before the first call'.")
        wanted = replace(wanted, allow={**wanted.allow, **dict.fromkeys(allow or (), because or "")})
        given: dict[str, Any] = {"home": show.settings().home, "progress": stage("train")}
        leave = dict.fromkeys(without or (), "asked for by --without")
        made = learn(graph, wanted, as_of=published_or(graph, as_of), without=leave, serve=not shadow, **given)
    for sentence in made.said:
        show.err.print(sentence, markup=False, highlight=False)
    if json:
        show.as_json(dict(made.manifest))
        return
    show.out.print(
        f"{name} {made.version}: answers by {made.served.basis}, {'learned now' if made.fresh else 'unchanged'}."
    )
    rows = [(what, _figure(value)) for what, value in _flat(made.manifest.get("metrics", {}))]
    show.table(("figure", "value"), rows)


@score.command("all")
def score_all(
    name: Annotated[str | None, typer.Argument(help="Name of the score; all of them without one.")] = None,
    as_of: AsOf = None,
    shadow: Annotated[str | None, typer.Option(help="A version that does not serve: its scores never answer.")] = None,
    json: AsJson = False,
) -> None:
    """Score everything that is open and make the scores current."""
    from datetime import UTC

    from kg.errors import InputError
    from kg.store.runs import locked, new_run, record_run
    from scoring.scores import SCORES, score_named
    from scoring.serving.rescore import score_all as rescore

    if shadow and not name:
        raise InputError(
            "--shadow is a version of one score: name it, as in `dealgraph score all deal_win --shadow …`."
        )
    began = datetime.now(UTC)
    run = new_run(began)
    counts = {}
    with show.graph() as graph, locked(graph, run, began), show.progress(quiet=json) as stage:
        at = published_or(graph, as_of)
        wanted = [score_named(name)] if name else list(SCORES)
        for one in wanted:
            home = show.settings().home
            given: dict[str, Any] = {"version": shadow, "shadow": shadow is not None, "progress": stage("score")}
            counts[one.name] = rescore(graph, one, as_of=at, home=home, run=run, keep=True, **given)
        record_run(graph, run, "rescore", started=began, finished=datetime.now(UTC), counts=counts)
    show.as_json(counts) if json else show.table(("score", "scored"), list(counts.items()), right=("scored",))


@score.command("predict")
def predict(
    name: Name,
    moments: Annotated[
        Path,
        typer.Option("--moments", help="CSV: source, record_id, as_of; of pairs second_source, second_record_id too."),
    ],
    out: Out,
    version: Annotated[str | None, typer.Option(help="Version of the model; without one, the one that serves.")] = None,
    json: AsJson = False,
) -> None:
    """Answer a file of moments: the same rows in the same order with probability, low, high and basis."""
    from scoring.scores import score_named
    from scoring.serving.predict import predict as answer

    with show.graph() as graph, show.progress(quiet=json) as stage:
        home = show.settings().home
        counts = answer(graph, score_named(name), moments, out, home=home, version=version, progress=stage("predict"))
    show.as_json(counts) if json else show.out.print(
        f"{out}: " + ", ".join(f"{n:,} by {basis}" for basis, n in counts.items())
    )


@score.command("report")
def report_score(
    name: Name,
    as_of: AsOf = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="Months to go back.")] = 6,
    out: Annotated[Path | None, typer.Option("--out", help="HTML page (or .json) to write.")] = None,
    json: AsJson = False,
) -> None:
    """How good a score has been: learned as of each month, asked at its moments, held against how they ended.

    It is kept with the model that was learned from the same rows, for GraphQL and the explorer.
    """
    from scoring.learning.backtest import backtest
    from scoring.learning.kept_report import keep_report
    from scoring.learning.train import gather
    from scoring.scores import score_named
    from scoring.settings import settings

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at = published_or(graph, as_of)
        found = gather(graph, score_named(name), as_of=at, progress=stage("features"))
        report = backtest(found, at, settings(), months, stage("report"))
        version = keep_report(graph, show.settings().home, found, report)
    if out is not None:
        write_report(report, out)
    show.as_json(report) if json else _print_report(report, out)
    if version is None:
        untold = f"It is not kept: no model of {name} was learned from just these rows; `dealgraph train {name}` does."
        show.err.print(untold, markup=False, highlight=False)
    elif not json:
        show.out.print(f"Kept with model {version}.")


def _print_report(report: dict[str, Any], out: Path | None) -> None:
    if not report["overall"]:
        show.out.print("No month can be tested: too little had ended by then to learn from.")
        return
    show.out.print(
        f"{report['tested']:,} moments of {report['entities']:,}: {report['predicted']:.1%} predicted, "
        f"{report['won']:.1%} came true."
    )
    kinds = ("auc", "brier", "log_loss")
    rows = [
        (
            who,
            *(f"{m[k]['value']:.3f} ({m[k]['low']:.3f} to {m[k]['high']:.3f})" for k in kinds),
            f"{m['ece']['value']:.3f}",
        )
        for who, m in report["overall"].items()
    ]
    show.table(("model", "AUC", "Brier", "log loss", "calibration error"), rows)
    perfect = report["ece_of_perfect"]
    show.out.print(
        f"Perfect probabilities would show a calibration error of {perfect['mean']:.3f}, up to {perfect['high']:.3f}."
    )
    lost = [
        (family, f"{d['value']:+.4f} ({d['low']:+.4f} to {d['high']:+.4f})") for family, d in report["families"].items()
    ]
    show.table(("without the reasons of", "log loss grows by"), lost)
    divided = {part: report[part] for part in ("months", "ages", "stages")} | report["segments"]
    for part, members in divided.items():
        found = members.items()
        lines = [(n, int(f["n"]), f"{f['predicted']:.1%}", f"{f['won']:.1%}", f"{f['auc']:.3f}") for n, f in found]
        show.table((part, "moments", "predicted", "came true", "AUC"), lines, right=("moments",))
    if out is not None:
        show.out.print(f"Written: {out}")


@score.command("replay")
def replay_scores(
    name: Name,
    as_of: AsOf = None,
    version: Annotated[str | None, typer.Option(help="Only scores of this model.")] = None,
    json: AsJson = False,
) -> None:
    """Compute the stored scores of a moment anew, by the models that gave them, and compare them bit for bit."""
    from dataclasses import asdict

    from scoring.scores import score_named
    from scoring.serving.replay import replay

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at, home = published_or(graph, as_of), show.settings().home
        found = replay(graph, score_named(name), at, home=home, version=version, progress=stage("replay"))
    if json:
        show.as_json(asdict(found))
        return
    show.out.print(f"{found.equal:,} of {found.scores:,} scores at {at:%Y-%m-%d %H:%M} came out the same, bit for bit.")
    for one in found.different:
        show.out.print(f"differs: {one}", markup=False, highlight=False)


@score.command("export")
def export_scores(name: Name, out: Out, json: AsJson = False) -> None:
    """Write what a CRM import takes: source, record_id, probability, band and the top three reasons."""
    from scoring.scores import score_named
    from scoring.serving.export import export

    with show.graph() as graph, show.progress(quiet=json) as stage:
        rows = export(graph, score_named(name), out, progress=stage("export"))
    show.as_json({"rows": rows, "out": str(out)}) if json else show.out.print(f"{rows:,} rows: {out}")


def explain(
    name: Name,
    record: Annotated[str, typer.Option("--record", help="source:record_id; the source ends at the first colon.")],
    second: Annotated[
        str | None, typer.Option(help="Of a score of pairs the second record, such as crm:C-9 on a deal.")
    ] = None,
    as_of: AsOf = None,
    first: Annotated[int | None, typer.Option(min=1, help="Only the largest reasons.")] = None,
    json: AsJson = False,
) -> None:
    """Say why: the score of a record's entity at a moment, what each feature adds, and the paths behind it."""
    from scoring.scores import score_named
    from scoring.serving.explain import explain as why

    with show.graph() as graph:
        at, home = published_or(graph, as_of), show.settings().home
        found = why(graph, score_named(name), record, at, home=home, second=second, first=first)
    if json:
        show.as_json(found)
        return
    show.out.print(
        f"[bold]{found['question']}[/bold] {found['probability']:.1%} "
        f"({found['low']:.1%} to {found['high']:.1%}), {found['basis']}"
    )
    for sentence in found["health"]:
        show.out.print(sentence, markup=False, highlight=False)
    show.table(
        ("adds", "because", "feature"),
        [(f"{c['contribution']:+.3f}", c["sentence"], c["feature"]) for c in found["contributions"]],
        right=("adds",),
    )
    show.out.print(f"{found['base']:+.3f} before any reason, {found['log_odds']:+.3f} in all (log-odds).")


def export(
    what: Annotated[str, typer.Argument(help="Name of a score (as `score export`) or of a segment.")],
    out: Out,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Write a score for a CRM import, or a segment for a campaign."""
    from kg.query.files import load_queries
    from scoring.scores import SCORES

    with show.published_words():
        segments, scores = load_queries("segments"), [s.name for s in SCORES]
    if what in scores:
        export_scores(what, out, json)
    elif what in segments:
        show_segment(what, as_of, out, json)
    else:
        valid = ", ".join([*scores, *segments])
        raise ConfigurationError(f"There is no score or segment {what!r}; there are {valid}.")


def _flat(found: Any, prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        if isinstance(value, dict) and not {"value", "low", "high"} & value.keys():
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", value))
    return rows


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        low, high = value.get("low"), value.get("high")
        inside = f" ({low:.3f} to {high:.3f})" if isinstance(low, float) and isinstance(high, float) else ""
        return f"{value['value']:.3f}{inside}" if isinstance(value.get("value"), float) else str(value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)
