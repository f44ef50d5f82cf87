"""dealgraph features: what scores are made of: list, profile, one value with its records, versions, training sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf, published_or
from kg.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from kg.features.lineage import Lineage
    from kg.features.profile import Profile

features = typer.Typer(help="The features that scores are made of.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(help="Name of the feature, such as single_threading.")]
Entity = Annotated[str | None, typer.Option("--entity", help="Of what, where two have a feature of that name.")]
FIRST = 3
KEYS = ("name", "entity", "family", "about", "unit", "aggregate", "empty", "monotone", "window", "absent", "digest")


@features.command("list")
def list_features(
    entity: Annotated[str | None, typer.Option(help="Only those of deal, lead, account or contact.")] = None,
    json: AsJson = False,
) -> None:
    """Name every feature, with what it says."""
    from kg.features.features import load_features

    with show.published_words():
        found = [f for f in load_features().values() if entity is None or f.entity == entity]
    if json:
        show.as_json([{key: getattr(f, key) for key in KEYS} for f in found])
        return
    show.table(("feature", "entity", "family", "what it says"), [(f.name, f.entity, f.family, f.about) for f in found])


@features.command("profile")
def profile_features(
    what: Annotated[str, typer.Argument(metavar="ENTITY|FEATURE", help="deal, lead, …, or the name of a feature.")],
    as_of: AsOf = None,
    entity: Entity = None,
    json: AsJson = False,
) -> None:
    """How features look over all that is open: distribution, missing, age of the evidence, drift over 90 days."""
    from kg.features.attributes import read_attributes
    from kg.features.catalog import catalog, feature_named
    from kg.features.profile import profile
    from kg.ontology import ENTITIES

    with show.graph() as graph, show.progress(quiet=json) as stage:
        attributes = read_attributes(graph)
        kind = what in ENTITIES and entity is None
        wanted = list(catalog(what, attributes).values()) if kind else [feature_named(what, attributes, entity)]
        if not wanted:
            raise ConfigurationError(f"There is no feature of {what}: write one into cypher/features/{what}/.")
        found = profile(graph, wanted, published_or(graph, as_of), progress=stage("features"))
    if json:
        show.as_json(found)
    elif len(found) == 1:
        _print_profile(found[0])
    else:
        show.out.print(f"{found[0].n:,} of kind {found[0].entity}.")
        head = ("feature", "missing", "without evidence", "typical", "evidence, days old", "drift")
        show.table(head, [_profile_row(p) for p in found], right=head[1:])


def _profile_row(p: Profile) -> tuple[object, ...]:
    if p.failed:
        return (p.feature, "–", "–", p.failed, "–", "–")
    typical = f"{p.numbers['median']:.3g}" if p.numbers else p.top[0][0] if p.top else None
    drift = f"{p.drift.psi:.3f}{' *' if _beyond(p) else ''}" if p.drift else None
    return (p.feature, _share(p.missing), _share(p.at_empty), typical, _days(p.age_days), drift)


def _print_profile(p: Profile) -> None:
    show.out.print(f"[bold]{p.feature}[/bold] of {p.n:,} of kind {p.entity} ({p.unit})")
    if p.failed:
        show.out.print(f"It cannot be computed: {p.failed}.", markup=False)
        return
    rows: list[tuple[str, object]] = [("missing", _share(p.missing)), ("as without evidence", _share(p.at_empty))]
    rows += [(name, f"{value:.4g}") for name, value in (p.numbers or {}).items()]
    rows += [(text, _share(share)) for text, share in p.top or ()]
    rows += [("different texts", p.levels)] if p.levels is not None else []
    rows += [("with evidence", p.with_evidence), ("newest evidence, days old at the median", _days(p.age_days))]
    show.table(("figure", "value"), rows)
    if p.drift is None:
        show.out.print("No drift can be told: nothing was open 90 days before, or nothing is now.")
        return
    d = p.drift
    said = "more than chance would show" if _beyond(p) else "no more than chance would show"
    show.out.print(
        f"Drift against {d.n:,} at {d.before:%Y-%m-%d}: PSI {d.psi:.3f}, {said} (plain {d.raw:.3f}; by chance up to "
        f"{d.chance:.3f} more than usual). Below .1 little has moved, above .25 much."
    )


def _beyond(p: Profile) -> bool:
    return p.drift is not None and p.drift.psi > p.drift.chance


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.1%}"


def _days(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}"


@features.command("show")
def show_value(
    name: Named,
    record: Annotated[str, typer.Option("--record", help="source:record_id; the source ends at the first colon.")],
    second: Annotated[str | None, typer.Option(help="Of a pair the second record, such as crm:C-9 on a deal.")] = None,
    as_of: AsOf = None,
    entity: Entity = None,
    json: AsJson = False,
) -> None:
    """One value with every row behind it, its path, and the source records that said each part of the path."""
    from kg.features.attributes import read_attributes
    from kg.features.catalog import feature_named
    from kg.features.lineage import as_plain, entity_behind, lineage

    with show.graph() as graph:
        feature = feature_named(name, read_attributes(graph), entity)
        at = published_or(graph, as_of)
        found = lineage(graph, feature, entity_behind(graph, feature.entity, record, at, second), at, personal=True)
    if json:
        show.as_json(as_plain(found))
        return
    _print_lineage(found)


def _print_lineage(found: Lineage) -> None:
    value = found.reasons.value
    said = "missing" if value is None else f"{value:.6g}" if isinstance(value, float) else value
    line = f"{found.feature.name} = {said} ({found.feature.unit}) at {found.as_of:%Y-%m-%d %H:%M}"
    show.out.print(line, markup=False, highlight=False)
    show.out.print(found.reasons.sentence, markup=False, highlight=False)
    rows = []
    for row in found.rows:
        e = row.evidence
        path = " · ".join(node.id for node in e.nodes)
        more = len(row.records) - FIRST
        records = ", ".join(row.records[:FIRST]) + (f" and {more} more" if more > 0 else "")
        rows.append((_cell(e.x), _cell(e.w), f"{e.at:%Y-%m-%d}" if e.at else None, e.sentence, path, records or None))
    show.table(("x", "weight", "at", "row", "path", "records"), rows)


def _cell(value: float | str | None) -> str | None:
    return f"{value:.4g}" if isinstance(value, float) else None if value is None else str(value)


@features.command("versions")
def show_versions(name: Named, entity: Entity = None, json: AsJson = False) -> None:
    """The digest of a feature's file now, and with which digest each model was learned; which would refuse it."""
    from scoring.registry.features import versions_of

    with show.graph() as graph:
        found = versions_of(graph, name, entity)
    if json:
        show.as_json(found)
        return
    for one in found:
        show.out.print(f"{one.feature} of {one.entity}: {one.digest or 'its file is gone'}", highlight=False)
        rows: list[tuple[Any, ...]] = [
            (m.score, m.version, f"{m.trained_at:%Y-%m-%d %H:%M}", "yes" if m.serves else "", m.digest[:12],
             "yes" if m.same else "no", m.refuses or "")
            for m in one.models
        ]  # fmt: skip
        show.table(("score", "version", "trained", "serves", "learned with", "as now", "refuses"), rows)


@features.command("snapshot")
def write_snapshot(
    name: Annotated[str, typer.Argument(metavar="SCORE", help="The score whose features are written: a feature view.")],
    out: Annotated[Path, typer.Option("--out", help="Parquet file to write.")],
    as_of: AsOf = None,
    entities: Annotated[
        Path | None,
        typer.Option(
            "--entities", help="CSV of entity rows: source, record_id, as_of, and any labels. Without it: training."
        ),
    ] = None,
    more: Annotated[
        list[str] | None, typer.Option("--with", help="A feature that the score does not read yet; several times.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="A feature to leave out; several times.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write features as Parquet by a point-in-time join: what a score learns from, or any entity rows.

    Every value is of the row's own moment, as Feast's get_historical_features gives it. A new feature needs no
    backfill of its own: `--with NAME` computes it for all of history, as any feature is computed as of any moment. The
    file's metadata hold the digest of the rows and of each feature; the same call twice writes the same bytes.
    """
    from scoring.scores import score_named
    from scoring.serving.snapshot import entities_snapshot, training_snapshot

    if entities is not None and as_of is not None:
        raise InputError("--entities brings the moment of each row: leave --as-of out.")
    leave = dict.fromkeys(without or (), "asked for by --without")
    with show.graph() as graph, show.progress(quiet=json) as stage:
        given: dict[str, Any] = {"more": more or (), "without": leave, "progress": stage("features")}
        at, score = published_or(graph, as_of), score_named(name)
        if entities is None:
            made = training_snapshot(graph, score, out, as_of=at, **given)
        else:
            made = entities_snapshot(graph, score, entities, out, known=at, **given)
    if json:
        show.as_json(made)
        return
    show.out.print(
        f"{made.rows:,} rows, {len(made.features)} features, digest {made.metadata['dealgraph.digest'][:16]}…"
    )
    if made.unknown:
        show.out.print(f"{made.unknown:,} rows name a record that was not known at their moment: they have no values.")
    if made.later:
        show.out.print(
            f"{made.later:,} rows lie after {at:%Y-%m-%d %H:%M}, which the graph knows: they may yet change."
        )
    show.out.print(f"Written: {out}")
