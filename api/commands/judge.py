"""What people decide about records: `dealgraph resolve judge | unmerge | review | judgements …`."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import show
from api.commands.show import AsJson
from kg.ontology.values import ReviewKind, Verdict

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.judgements import ReviewPair
    from resolution.evaluation.measure import Share, Threshold

judgements = typer.Typer(help="All judgements: to a file, from a file, and as a measure.", no_args_is_help=True)


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
    from resolution.judgements.file import write_file

    with Graph.connect() as graph:
        count = write_file(file, read_judgements(graph))
    show.as_json({"judgements": count, "out": str(file)}) if json else show.out.print(f"{count:,} judgements: {file}")


@judgements.command("import")
def import_(
    file: Csv,
    author: Annotated[str | None, typer.Option("--author", help="Who judged, where a row does not say.")] = None,
    json: AsJson = False,
) -> None:
    """Take judgements from a file: all of its rows, or none if one is wrong.

    What was exported can be imported again and changes nothing; a row without `at` is judged now.
    """
    from kg.graph import Graph
    from kg.judgements import write
    from kg.steps import take
    from resolution.judgements.file import read_file

    found = read_file(file, author=author, now=datetime.now(UTC))
    with Graph.connect() as graph:
        count = take(graph, write(found))
    show.as_json({"judgements": count, "file": str(file)}) if json else show.out.print(
        f"{count:,} judgements taken from {file}. {NEXT}"
    )


@judgements.command("measure")
def measure(json: AsJson = False) -> None:
    """Precision, recall and the best threshold of the matching by the pairs judged, with intervals."""
    from kg.graph import Graph
    from kg.judgements import read_judgements
    from resolution.evaluation.measure import measure as of

    found = of(show.settings().home / "resolution.duckdb")
    with Graph.connect() as graph:
        in_all = len(read_judgements(graph))
    if json:
        show.as_json({"judgements": in_all, "kinds": found})
        return
    show.table(
        ("kind", "same", "different", "precision", "recall", "threshold", "best threshold"),
        [
            (m.kind, m.same, m.different, _share(m.precision), _share(m.recall), f"{m.present:+.1f}", _best(m.best))
            for m in found
        ],
    )
    for m in found:
        show.out.print(m.said, markup=False, highlight=False)
    if not found:
        show.out.print(
            f"There is nothing to measure: of {in_all} judgements in the graph none was known to the last resolution. "
            "Judge with `dealgraph resolve review`, then refresh."
        )


def _share(share: Share) -> str:
    if share.value is None:
        return "–"
    return f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f}, n = {share.n})"


def _best(best: Threshold | None) -> str:
    return f"{best.weight:+.1f} ({best.low:+.1f} to {best.high:+.1f}), F1 {best.f1:.3f}" if best else "too few"


def review(
    kind: Annotated[ReviewKind | None, typer.Option("--kind", help="Only pairs of this kind.")] = None,
    first: Annotated[int, typer.Option("--first", min=1, max=100, help="How many pairs.")] = 10,
    author: Author = None,
    json: AsJson = False,
) -> None:
    """Look at the pairs most worth it, one by one: both records, every part of the weight, and say what they are.

    With --json the queue is listed and nothing is asked.
    """
    from kg.graph import Graph
    from kg.judgements import review_queue

    with Graph.connect() as graph:
        pairs = review_queue(graph, kind=kind.value if kind else None, first=first)
        if json:
            show.as_json(pairs)
            return
        told = 0
        for number, pair in enumerate(pairs, 1):
            show.out.print(f"\n[bold]{number} of {len(pairs)}[/bold] {pair.kind}: {pair.reason}", highlight=False)
            _show(pair)
            answer = _ask()
            if answer == "quit":
                break
            if answer != "skip":
                _write(graph, pair, answer, author)
                told += 1
    show.out.print(f"{told} judged. {NEXT}" if told else "Nothing was judged." if pairs else "Nothing is waiting.")


ANSWERS = {"s": "same", "d": "different", "u": "unsure", "": "skip", "k": "skip", "skip": "skip", "q": "quit"}


def _ask() -> str:
    """What the person says; the end of input quits."""
    while True:
        try:
            said = input("[s]ame, [d]ifferent, [u]nsure, s[k]ip, [q]uit: ").strip().lower()
        except EOFError:
            return "quit"
        if said in ANSWERS or said in ANSWERS.values():
            return ANSWERS.get(said, said)
        show.err.print(f"{said!r} is no answer: s, d, u, k or q.", markup=False)


def _show(pair: ReviewPair) -> None:
    rows = [(name, a or "–", b or "–") for name, a, b in zip(pair.fields, pair.values_a, pair.values_b, strict=True)]
    show.table(("", pair.a, pair.b), rows)
    total, lines = 0.0, []
    for name, level, weight in zip(pair.parts, pair.part_levels, pair.part_weights, strict=True):
        total += weight
        if weight:
            bar = ("+" if weight > 0 else "-") * min(24, max(1, round(abs(weight))))
            lines.append((name, level, f"{weight:+.2f}", f"{total:+.2f}", bar))
    show.table(("part", "level", "bits", "sum", ""), lines, right=("bits", "sum"))
    state = "one entity at present" if pair.together else "two entities at present"
    show.out.print(f"{pair.match_weight:+.2f} bits, accepted from {pair.threshold:+.1f}; {state}.", highlight=False)


def _write(graph: Graph, pair: ReviewPair, verdict: str, author: str | None) -> None:
    from kg.judgements import Judgement, write
    from kg.steps import take

    reason = input("Why (kept with the judgement): ").strip() or "seen in the review queue"
    made = Judgement(pair.a, pair.b, verdict, _author(author), reason, datetime.now(UTC))
    take(graph, write([made]))


def _author(given: str | None) -> str:
    return given or getpass.getuser()


COMMANDS = (judge, unmerge, review)
