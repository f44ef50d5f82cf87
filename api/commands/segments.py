"""dealgraph segment: list segments, show and export their members."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf, published_or
from kg.errors import ConfigurationError

segment = typer.Typer(help="Segments of accounts: the files of cypher/segments.", no_args_is_help=True)


@segment.command("list")
def list_segments(json: AsJson = False) -> None:
    """Name every segment."""
    from kg.query.files import load_queries

    with show.published_words():
        queries = load_queries("segments")
    found = {name: query.header["about"] for name, query in sorted(queries.items())}
    show.as_json(found) if json else show.table(("segment", "who is in it"), list(found.items()))


@segment.command("show")
def show_segment(
    name: Annotated[str, typer.Argument(help="Name of the segment.")],
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", help="CSV to write: id, name, domain, reason.")] = None,
    json: AsJson = False,
) -> None:
    """The accounts of a segment, and why each is in it."""
    with show.graph() as graph:
        rows = members(graph, name, published_or(graph, as_of))
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


def members(graph: Any, name: str, as_of: datetime) -> list[dict[str, Any]]:
    """The accounts of a segment, by id, each with its reasons."""
    from kg.query.files import load_queries

    queries = load_queries("segments")
    if name not in queries:
        raise ConfigurationError(f"There is no segment {name!r}; there are {', '.join(queries) or 'none'}.")
    reasons: dict[str, list[str]] = {}
    for row in graph.read(queries[name], as_of=as_of, personal=True):
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
