"""Scores: features, train, score, explain, segment, export."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf
from api.settings import api_settings
from kg.errors import ConfigurationError

features = typer.Typer(help="The features that scores are made of.", no_args_is_help=True)
score = typer.Typer(help="Score what is open, a file of moments, or write scores for a CRM.", no_args_is_help=True)
segment = typer.Typer(help="Segments of accounts: the files of cypher/segments.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the score, such as deal_win.")]
Out = Annotated[Path, typer.Option("--out", help="CSV to write.")]


@features.command("list")
def list_features(
    entity: Annotated[str | None, typer.Option(help="Only those of deal, lead, account or contact.")] = None,
    json: AsJson = False,
) -> None:
    """Name every feature, with what it says."""
    from kg.features import load_features

    found = [f for f in load_features().values() if entity is None or f.entity == entity]
    if json:
        keys = (
            "name",
            "entity",
            "family",
            "about",
            "unit",
            "aggregate",
            "empty",
            "monotone",
            "window",
            "absent",
            "digest",
        )
        show.as_json([{key: getattr(f, key) for key in keys} for f in found])
        return
    show.table(("feature", "entity", "family", "what it says"), [(f.name, f.entity, f.family, f.about) for f in found])


def train(name: Name, as_of: AsOf = None, json: AsJson = False) -> None:
    """Learn a score from what was known at a moment, and nothing later."""
    from kg.graph import Graph
    from scoring.scores import score_named
    from scoring.train import train as learn

    wanted = score_named(name)
    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        made = learn(graph, wanted, as_of=_moment(graph, as_of), home=api_settings().home, progress=stage("train"))
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
    json: AsJson = False,
) -> None:
    """Score everything that is open and make the scores current."""
    from datetime import UTC
    from uuid import uuid4

    from kg.graph import Graph
    from kg.runs import locked, record_run
    from scoring.rescore import score_all as rescore
    from scoring.scores import SCORES, score_named

    wanted = [score_named(name)] if name else list(SCORES)
    began = datetime.now(UTC)
    run = f"{began:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    counts = {}
    with Graph.connect() as graph, locked(graph, run, began), show.progress(quiet=json) as stage:
        at = _moment(graph, as_of)
        for one in wanted:
            counts[one.name] = rescore(graph, one, as_of=at, home=api_settings().home, run=run, progress=stage("score"))
        record_run(graph, run, "rescore", started=began, finished=datetime.now(UTC), counts=counts)
    show.as_json(counts) if json else show.table(("score", "scored"), list(counts.items()), right=("scored",))


@score.command("predict")
def predict(
    name: Name,
    moments: Annotated[Path, typer.Option("--moments", help="CSV: source, record_id, as_of.")],
    out: Out,
    version: Annotated[str | None, typer.Option(help="Version of the model; without one, the one that serves.")] = None,
    json: AsJson = False,
) -> None:
    """Answer a file of moments: the same rows in the same order with probability, low, high and basis."""
    from kg.graph import Graph
    from scoring.predict import predict as answer
    from scoring.scores import score_named

    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        home = api_settings().home
        counts = answer(graph, score_named(name), moments, out, home=home, version=version, progress=stage("predict"))
    show.as_json(counts) if json else show.out.print(
        f"{out}: " + ", ".join(f"{n:,} by {basis}" for basis, n in counts.items())
    )


@score.command("export")
def export_scores(name: Name, out: Out, json: AsJson = False) -> None:
    """Write what a CRM import takes: source, record_id, probability, band and the top three reasons."""
    from kg.graph import Graph
    from scoring.export import export
    from scoring.scores import score_named

    with Graph.connect() as graph, show.progress(quiet=json) as stage:
        rows = export(graph, score_named(name), out, progress=stage("export"))
    show.as_json({"rows": rows, "out": str(out)}) if json else show.out.print(f"{rows:,} rows: {out}")


def explain(
    name: Name,
    record: Annotated[str, typer.Option("--record", help="source:record_id; the source ends at the first colon.")],
    as_of: AsOf = None,
    first: Annotated[int | None, typer.Option(min=1, help="Only the largest reasons.")] = None,
    json: AsJson = False,
) -> None:
    """Say why: the score of a record's entity at a moment, what each feature adds, and the paths behind it."""
    from kg.graph import Graph
    from scoring.explain import explain as why
    from scoring.scores import score_named

    with Graph.connect() as graph:
        found = why(graph, score_named(name), record, _moment(graph, as_of), home=api_settings().home, first=first)
    if json:
        show.as_json(found)
        return
    show.out.print(
        f"[bold]{found['question']}[/bold] {found['probability']:.1%} "
        f"({found['low']:.1%} to {found['high']:.1%}), {found['basis']}"
    )
    show.table(
        ("adds", "because", "feature"),
        [(f"{c['contribution']:+.3f}", c["sentence"], c["feature"]) for c in found["contributions"]],
        right=("adds",),
    )
    show.out.print(f"{found['base']:+.3f} before any reason, {found['log_odds']:+.3f} in all (log-odds).")


@segment.command("list")
def list_segments(json: AsJson = False) -> None:
    """Name every segment."""
    from kg.queries import load_queries

    found = {name: query.header["about"] for name, query in sorted(load_queries("segments").items())}
    show.as_json(found) if json else show.table(("segment", "who is in it"), list(found.items()))


@segment.command("show")
def show_segment(
    name: Annotated[str, typer.Argument(help="Name of the segment.")],
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV to write: id, name, domain, reason.")] = None,
    json: AsJson = False,
) -> None:
    """The accounts of a segment, and why each is in it."""
    from kg.graph import Graph

    with Graph.connect() as graph:
        rows = members(graph, name, _moment(graph, as_of))
    if out is not None:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ("id", "name", "domain", "reason"), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    if json:
        show.as_json(rows)
    elif out is None:
        show.table(("account", "domain", "reason"), [(r["name"] or r["id"], r["domain"], r["reason"]) for r in rows])
    else:
        show.out.print(f"{len(rows):,} accounts: {out}")


def export(
    what: Annotated[str, typer.Argument(help="Name of a score (as `score export`) or of a segment.")],
    out: Out,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Write a score for a CRM import, or a segment for a campaign."""
    from kg.queries import load_queries
    from scoring.scores import SCORES

    segments = load_queries("segments")
    if what in {s.name for s in SCORES}:
        export_scores(what, out, json)
    elif what in segments:
        show_segment(what, as_of, out, json)
    else:
        valid = ", ".join([*(s.name for s in SCORES), *segments])
        raise ConfigurationError(f"There is no score or segment {what!r}; there are {valid}.")


def members(graph: Any, name: str, as_of: datetime) -> list[dict[str, Any]]:
    """The accounts of a segment, by id, each with its reasons."""
    from kg.queries import load_queries

    queries = load_queries("segments")
    if name not in queries:
        raise ConfigurationError(f"There is no segment {name!r}; there are {', '.join(queries) or 'none'}.")
    reasons: dict[str, list[str]] = {}
    for row in graph.read(queries[name], as_of=as_of):
        reasons.setdefault(row["id"], []).append(row["reason"])
    found = graph.read(load_queries("reads")["accounts"], keys=sorted(reasons), as_of=as_of)
    accounts = {row["key"]: row["rows"][0] for row in found if row["rows"]}
    return [
        {
            "id": id_,
            "name": accounts[id_].get("name"),
            "domain": accounts[id_].get("domain"),
            "reason": "; ".join(sorted(set(why))),
        }
        for id_, why in sorted(reasons.items())
        if id_ in accounts
    ]


def _moment(graph: Any, text: str | None) -> datetime:
    """The moment that was typed, else the one that is published."""
    from kg.queries import load_queries

    typed = show.moment(text)
    if typed is not None:
        return typed
    rows = graph.read(load_queries("reads")["workspace"])
    if not rows or rows[0]["as_of"] is None:
        raise ConfigurationError(
            "Nothing is published yet: run `dealgraph refresh --sources sources.toml`, or give --as-of."
        )
    at: datetime = rows[0]["as_of"]
    return at


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
