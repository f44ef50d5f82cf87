"""What is wrong with a score, kept in the graph from the moment it was found until it is over."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kg.query.files import load_queries
from kg.store.load import NodeRows, load
from scoring.health.verdict import Verdict, said

if TYPE_CHECKING:
    from kg.graph import Graph


def keep(graph: "Graph", verdict: Verdict, as_of: datetime, run: str) -> int:
    """Write what is wrong as of a moment; returns how many events began.

    What was wrong before and still is goes on as the same event; what is not found any more has ended. The same again
    writes the same.
    """
    name = verdict.answers.score
    known = {(r["what"], r["subject"]): r for r in open_events(graph, name) if r["at"] <= as_of}
    rows = []
    for breach in verdict.looked.breaches:
        before = known.get((breach.what, breach.subject))
        at = before["at"] if before else as_of
        rows.append(
            {
                "id": f"{name}|{breach.what}|{breach.subject}|{at.astimezone(UTC).isoformat()}",
                "name": name,
                "what": breach.what,
                "subject": breach.subject,
                "severe": breach.severe,
                "sentence": said(breach.sentence, verdict.how if breach.severe else ""),
                "value": breach.value,
                "allowed": breach.allowed,
                "at": at,
                "ended_at": None,
                "version": verdict.looked.model.version,
                "answers": verdict.answers.version,
            }
        )
    load(graph, [NodeRows("HealthEvent", rows)], run=run)
    end(graph, name, [str(row["id"]) for row in rows], as_of, run)
    return sum((b.what, b.subject) not in known for b in verdict.looked.breaches)


def end(graph: "Graph", score: str, but: Sequence[str], as_of: datetime, run: str) -> None:
    """End what is wrong with a score, but for the events with those ids."""
    graph.write(load_queries("writes")["end_health"], name=score, ids=list(but), as_of=as_of, run=run)


def open_events(graph: "Graph", score: str) -> list[Mapping[str, Any]]:
    """What is wrong with a score and has not ended."""
    return [row["row"] for row in graph.read(load_queries("reads")["open_health"], names=[score])]


def events(graph: "Graph", score: str | None, as_of: datetime, first: int = 100) -> list[Mapping[str, Any]]:
    """What was found wrong with one score or with all until a moment, the newest first."""
    found = graph.read(load_queries("reads")["health_events"], name=score, as_of=as_of, first=first)
    return [row["row"] for row in found]
