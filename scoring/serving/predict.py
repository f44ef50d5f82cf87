"""Probabilities of many entities at many moments, set-wise."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import FeatureFailed, InputError
from kg.features.attributes import read_attributes
from kg.features.catalog import catalog
from kg.features.features import Feature
from kg.ontology import ENTITIES, SECOND
from kg.progress import Progress
from kg.query.files import load_queries
from scoring.learning.columns import features_at
from scoring.model.served import Answer
from scoring.model.tables import Floats, Frame
from scoring.registry import artifact as artifacts
from scoring.registry import registry
from scoring.registry.artifact import Artifact
from scoring.scores.score import Score
from scoring.serving.among import among, rivals_of

if TYPE_CHECKING:
    from kg.graph import Graph

BATCH = 5000
NEEDED = ("source", "record_id", "as_of")
OF_PAIRS = ("second_source", "second_record_id")
PRODUCT = "product"
ADDED = ("probability", "low", "high", "basis")


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers for (entity, moment) pairs, with the features they were made from."""

    pairs: Sequence[tuple[str, datetime]]
    answer: Answer
    frame: Frame
    terms: Sequence[tuple[str, str]]


def features_of(graph: "Graph", entity: str) -> dict[str, Feature]:
    """Every feature by name that a model of this entity may read: of files and of the graph's attributes."""
    return catalog(entity, read_attributes(graph), refused=True)


def usable(graph: "Graph", home: Path, score: Score, version: str | None = None) -> Artifact:
    """The serving model (or that version), refused with StaleModel when a feature file changed."""
    found = registry.served(graph, home, score.name, version)
    artifacts.check_features(found, {name: f.digest for name, f in features_of(graph, score.entity).items()})
    return found


def answer(
    graph: "Graph",
    model: Artifact,
    pairs: Sequence[tuple[str, datetime]],
    progress: Progress | None = None,
) -> Answered:
    """Score (entity id, moment) pairs with a model.

    Raises:
        FeatureFailed: a feature that the model reads cannot be computed; no pair is answered without it.
    """
    files = features_of(graph, str(model.manifest["entity"]))
    try:
        frame = features_at(graph, [files[name] for name in model.features], pairs, progress)
    except FeatureFailed as failed:
        remedy = f"`dealgraph train {model.score} --without {failed.feature}` learns a model that does without it."
        raise FeatureFailed(failed.feature, failed.reason, remedy) from failed
    got = model.served.answer(frame)
    if model.competitors is None:
        return Answered(pairs, got, frame, model.served.tables.terms)

    def ask(others: Sequence[tuple[str, datetime]]) -> Floats:
        more = features_at(graph, [files[name] for name in model.features], others, progress)
        return model.served.answer(more).log_odds

    rivals = rivals_of(graph, files[model.competitors], pairs)
    held, counts = among(got, pairs, rivals, ask)
    terms = [*model.served.tables.terms, (model.competitors, "")]
    return Answered(pairs, held, {**frame, model.competitors: counts}, terms)


def entities_at(graph: "Graph", kind: str, asked: Sequence[tuple[str, str, datetime]]) -> list[str | None]:
    """The entity behind each (source, record id, moment); None where the record was unknown then."""
    query = load_queries("reads")["products_at" if kind == PRODUCT else "entities_at"]
    given = {} if kind == PRODUCT else {"kind": kind}
    found: list[str | None] = [None] * len(asked)
    for start in range(0, len(asked), BATCH):
        rows = [
            {"i": start + i, "source": source, "record_id": record_id, "as_of": as_of}
            for i, (source, record_id, as_of) in enumerate(asked[start : start + BATCH])
        ]
        for row in graph.read(query, rows=rows, **given):
            found[row["i"]] = row["id"]
    return found


def needed(entity: str) -> tuple[str, ...]:
    """The columns of a file of moments: of pairs it names both records."""
    return (*NEEDED, *OF_PAIRS) if entity in SECOND else NEEDED


def asked_at(
    graph: "Graph", entity: str, rows: Sequence[Mapping[str, str]], moments: Sequence[datetime]
) -> list[str | None]:
    """The id of what each row of a file asks of, an entity or a pair; None where a record was not known then."""
    asked = [(row["source"], row["record_id"], at) for row, at in zip(rows, moments, strict=True)]
    if entity not in SECOND:
        return entities_at(graph, entity, asked)
    others = [(row[OF_PAIRS[0]], row[OF_PAIRS[1]], at) for row, at in zip(rows, moments, strict=True)]
    first = entities_at(graph, ENTITIES[entity].lower(), asked)
    second = entities_at(graph, SECOND[entity].lower(), others)
    return [f"{a}|{b}" if a and b else None for a, b in zip(first, second, strict=True)]


def predict(
    graph: "Graph",
    score: Score,
    moments_csv: Path,
    out_csv: Path,
    *,
    home: Path,
    version: str | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Answer a file of moments (source, record_id, as_of) row by row, in its order.

    For a score of pairs it names the second record as well (second_source, second_record_id). A record that is unknown,
    or was not yet known at its moment, gets empty figures and basis NONE. Returns counts by basis.
    """
    model = usable(graph, home, score, version)
    rows, columns = read_moments(moments_csv, needed(score.entity))
    moments = [moment(r["as_of"], f"{moments_csv}:{i}") for i, r in enumerate(rows, 2)]
    found = asked_at(graph, score.entity, rows, moments)
    there = [i for i, entity in enumerate(found) if entity is not None]
    pairs = [(str(found[i]), moments[i]) for i in there]
    cells: dict[int, tuple[str, str, str, str]] = {}
    if pairs:
        got = answer(graph, model, pairs, progress).answer
        for k, i in enumerate(there):
            figures = (got.probability[k], got.low[k], got.high[k])
            cells[i] = (*(repr(float(v)) for v in figures), model.served.basis)  # type: ignore[assignment]
    counts: dict[str, int] = {}
    out_csv.parent.mkdir(parents=True, exist_ok=True)
    with out_csv.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, *ADDED])
        for i, row in enumerate(rows):
            added = cells.get(i, ("", "", "", "NONE"))
            counts[added[3]] = counts.get(added[3], 0) + 1
            writer.writerow([*(row[c] for c in columns), *added])
    return counts


def read_moments(path: Path, needed: Sequence[str] = NEEDED) -> tuple[list[dict[str, str]], list[str]]:
    """Rows and columns of a file of moments; the columns that `predict` adds are left out if they are there."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = [c for c in reader.fieldnames or [] if c not in ADDED]
            if missing := [c for c in needed if c not in columns]:
                raise InputError(
                    f"{path}:1: column {missing[0]!r} is missing; a file of moments has {', '.join(needed)}."
                )
            return [{c: row[c] or "" for c in columns} for row in reader], columns
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}.") from error


def moment(text: str, place: str) -> datetime:
    """ISO date or date-time as a moment in UTC; a bare date means the end of that day."""
    try:
        if len(text.strip()) == 10:
            return datetime.combine(date.fromisoformat(text.strip()), time(23, 59, 59, 999999), tzinfo=UTC)
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{place}: as_of {text!r} is no date; write 2025-01-31 or 2025-01-31T12:00:00Z.") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def score_row(model: Artifact, score: Score, got: Answered, i: int) -> dict[str, Any]:
    """One answer as the row of a Score node: its contributions, largest first, as parallel lists."""
    parts = got.answer.contributions[i]
    order = sorted((k for k in range(len(parts)) if parts[k] != 0), key=lambda k: (-abs(parts[k]), got.terms[k]))
    values, texts = [], []
    for k in order:
        cell = got.frame[got.terms[k][0]][i]
        text = got.terms[k][0] in model.categorical
        values.append(float("nan") if text else float(cell))
        texts.append((cell or "") if text else "")
    entity, as_of = got.pairs[i]
    second = {"second_id": entity.partition("|")[2]} if score.entity in SECOND else {}
    p = float(got.answer.probability[i])
    return {
        "id": f"{score.name}|{model.version}|{entity}|{as_of.astimezone(UTC).isoformat()}",
        "name": score.name,
        "version": model.version,
        "as_of": as_of,
        "value": p,
        "log_odds": float(got.answer.log_odds[i]),
        "base": model.served.tables.base,
        "low": float(got.answer.low[i]),
        "high": float(got.answer.high[i]),
        "band": score.band(p),
        "basis": model.served.basis,
        "effective_n": float(got.answer.effective_n[i]),
        "entity_id": entity,
        **second,
        "features": [got.terms[k][0] for k in order],
        "paired": [got.terms[k][1] for k in order],
        "values": values,
        "texts": texts,
        "contributions": [float(parts[k]) for k in order],
    }


def summary(counts: Mapping[str, int]) -> str:
    """Counts by basis as one sentence."""
    return ", ".join(f"{n} {basis}" for basis, n in sorted(counts.items())) or "no rows"
