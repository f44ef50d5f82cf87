"""What people decide about records: `dealgraph resolve judge | unmerge | review | judgements …`."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson

judgements = typer.Typer(help="All judgements: to a file, from a file, and as a measure.", no_args_is_help=True)


class Verdict(StrEnum):
    """What can be said of two records."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


Author = Annotated[str | None, typer.Option("--author", help="Who judges; without it, whoever is logged in here.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words; it is kept.")]
KindOf = Annotated[
    str | None,
    typer.Option("--kind", help="Kind of both records, where an id means several: account, contact, lead or deal."),
]
Csv = Annotated[Path, typer.Argument(help="CSV: a, a_kind, b, b_kind, verdict, author, reason, at.")]
NEXT = "It counts from the next `dealgraph refresh` on."


def judge(
    verdict: Annotated[Verdict, typer.Argument(help="unsure takes an earlier verdict back.")],
    a: Annotated[str, typer.Argument(help="source:record_id")],
    b: Annotated[str, typer.Argument(help="source:record_id")],
    reason: Reason,
    kind: KindOf = None,
    author: Author = None,
    json: AsJson = False,
) -> None:
    """Say that two records are the same, different, or that nobody can be sure. It outranks the model."""
    from kg.graph import Graph
    from kg.judgements import judge as steps
    from kg.judgements import read_name
    from kg.steps import take

    names = read_name(a, kind), read_name(b, kind)
    with Graph.connect() as graph:
        made = take(graph, steps(*names, verdict.value, author=_author(author), reason=reason, at=datetime.now(UTC)))
    show.as_json(made) if json else show.out.print(f"{made.a} and {made.b}: {made.verdict}. {NEXT}", markup=False)


def unmerge(
    entity: Annotated[str, typer.Argument(help="Id of the entity that holds too much.")],
    apart: Annotated[list[str], typer.Option("--apart", help="source:record_id to cut off; may be given again.")],
    reason: Reason,
    author: Author = None,
    json: AsJson = False,
) -> None:
    """Cut an entity in two: the records named are judged different from each of its other records."""
    from kg.graph import Graph
    from kg.judgements import read_name
    from kg.judgements import unmerge as steps
    from kg.steps import take

    names = [read_name(text) for text in apart]
    with Graph.connect() as graph:
        made = take(graph, steps(entity, names, author=_author(author), reason=reason, at=datetime.now(UTC)))
    show.as_json(made) if json else show.out.print(
        f"{entity}: {len(names)} records cut off by {len(made)} judgements. {NEXT}", markup=False
    )


@judgements.command("export")
def export(file: Csv, json: AsJson = False) -> None:
    """Write every judgement to a file, oldest first."""
    from kg.graph import Graph
    from kg.judgements import read_judgements
    from resolution.judgement_file import write_file

    with Graph.connect() as graph:
        count = write_file(file, read_judgements(graph))
    show.as_json({"judgements": count, "out": str(file)}) if json else show.out.print(f"{count:,} judgements: {file}")


@judgements.command("import")
def import_(
    file: Csv,
    author: Annotated[str | None, typer.Option("--author", help="Who judged, where a row does not say.")] = None,
    json: AsJson = False,
) -> None:
    """Take judgements from a file: all of its rows, or none if one is wrong. Importing it again changes nothing."""
    from kg.graph import Graph
    from kg.judgements import write
    from kg.steps import take
    from resolution.judgement_file import read_file

    found = read_file(file, author=author, now=datetime.now(UTC))
    with Graph.connect() as graph:
        count = take(graph, write(found))
    show.as_json({"judgements": count, "file": str(file)}) if json else show.out.print(
        f"{count:,} judgements taken from {file}. {NEXT}"
    )


def _author(given: str | None) -> str:
    return given or getpass.getuser()


COMMANDS = (judge, unmerge)
