"""Current scores as a file that a CRM import takes: source, record_id, probability, band and the top three reasons."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.features.paths import Request, reasons
from kg.ontology import ENTITIES, SECOND
from kg.progress import Progress
from kg.query.files import load_queries
from scoring.scores.score import Score
from scoring.serving.predict import OF_PAIRS, features_of

if TYPE_CHECKING:
    from kg.graph import Graph

REASONS = 3
CHUNK = 500
COLUMNS = ("source", "record_id", "probability", "band", *(f"reason_{i + 1}" for i in range(REASONS)))


def export(graph: "Graph", score: Score, out_csv: Path, *, progress: Progress | None = None) -> int:
    """Write one row for each source record of a scored entity, highest first; returns the number of rows.

    Of pairs it names the records of both. A reason is the sentence of a contribution, marked + or - by its direction.
    """
    pair = score.entity in SECOND
    query = load_queries("reads")["pairs_scored" if pair else "records_scored"]
    rows = graph.read(query, name=score.name, kind=ENTITIES[score.entity].lower() if pair else score.entity)
    names = (*COLUMNS[:2], *OF_PAIRS) if pair else COLUMNS[:2]
    out_csv.parent.mkdir(parents=True, exist_ok=True)
    with out_csv.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, *COLUMNS[2:]])
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            for row, told in zip(chunk, _told(graph, score, chunk), strict=True):
                padded = [*told, *[""] * (REASONS - len(told))]
                keys = (row[name] for name in names)
                writer.writerow([*keys, f"{row['value']:.6f}", row["band"], *padded])
            if progress:
                progress(start + len(chunk), len(rows), "exporting")
    return len(rows)


def _told(graph: "Graph", score: Score, rows: list[dict[str, Any]]) -> list[list[str]]:
    files = features_of(graph, score.entity)
    requests: list[Request] = []
    marks: list[tuple[int, str]] = []
    for i, row in enumerate(rows):
        for name, contribution in list(zip(row["features"], row["contributions"], strict=True))[:REASONS]:
            requests.append(Request(files[name], row["entity_id"], row["as_of"]))
            marks.append((i, "+" if contribution > 0 else "-"))
    told: list[list[str]] = [[] for _ in rows]
    for (i, mark), why in zip(marks, reasons(graph, requests, 1, personal=True), strict=True):
        told[i].append(f"{mark} {why.sentence}")
    return told
