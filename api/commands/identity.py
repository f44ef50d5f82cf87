"""Who is who, explained and kept up to date: `dealgraph resolve why`, `how`, `events` and `follow`."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import show
from api.commands.resolve import Fit
from api.commands.show import AsJson
from kg.errors import InputError

if TYPE_CHECKING:
    from resolution.explain.explanation import Explanation
    from resolution.explain.how import Built
    from resolution.standalone.follow import Taken

Record = Annotated[str | None, typer.Argument(help="A record as source:record_id, or an entity's id.")]


def why(
    a: Record = None,
    b: Record = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Kind of record, where an id is used for several.")] = None,
    records: Annotated[
        Path | None, typer.Option("--records", help="Ask about rows of this file, resolved as `predict` does.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", help="With --records: explain every pair missed or joined wrongly.")
    ] = None,
    fit: Fit = False,
    json: AsJson = False,
) -> None:
    """Say why two records or entities are one, or why not: every part of the weight, the reason, what would turn it."""
    found = _of_file(records, truth, kind, a, b, fit=fit) if records else [_of_home(a, b, kind)]
    if json:
        told = [asdict(one) for one in found]
        show.as_json(told if truth else told[0])
        return
    for one in found:
        _say(one)
    if truth:
        counts = Counter((one.decision.value, one.veto or "") for one in found)
        show.table(("decision", "veto", "pairs"), [(*key, n) for key, n in counts.most_common()], right=("pairs",))


def _of_home(a: str | None, b: str | None, kind: str | None) -> Explanation:
    from resolution.explain.why import why as explain

    if a is None or b is None:
        raise InputError("resolve why needs two records (source:record_id) or two entity ids")
    home = show.settings().home
    return explain(home / "staging.duckdb", home / "resolution.duckdb", a, b, kind)


def _of_file(
    records: Path, truth: Path | None, kind: str | None, a: str | None, b: str | None, *, fit: bool
) -> list[Explanation]:
    from resolution.standalone.evaluate import resolve_file
    from resolution.standalone.why_file import why_file, wrong_pairs

    if kind is None:
        raise InputError("resolve why --records needs --kind contact, account or mixed")
    if truth is not None:
        found = resolve_file(records, kind, fit)
        pairs = wrong_pairs(dict(zip(found.ids, found.entities, strict=True)), truth)
    elif a is None or b is None:
        raise InputError("resolve why --records needs two record ids, or --truth")
    else:
        pairs = [(a, b)]
    return why_file(records, kind, pairs, fit=fit) if pairs else []


def _say(one: Explanation) -> None:
    show.out.print(f"{_short(one.a)} and {_short(one.b)}: {'one entity' if one.together else 'two entities'}")
    show.out.print(one.sentence, markup=False, highlight=False)
    rows: list[tuple[object, ...]] = [
        (part.comparison, part.level, f"{part.weight:+.2f}", f"{part.adjustment:+.2f}" if part.adjustment else "")
        for part in one.parts
    ]
    if one.prior is not None and one.match_weight is not None:
        rows = [("prior", "", f"{one.prior:+.2f}", ""), *rows, ("sum", "", f"{one.match_weight:+.2f}", "")]
        show.table(("comparison", "level met", "weight", "frequency"), rows, right=("weight", "frequency"))
    for key in one.shared_keys[:5]:
        hub = " (a hub)" if key.records > key.cap else ""
        show.out.print(f"shared key: {key.about} = {key.key}, {key.records} records of {key.cap}{hub}", markup=False)
    for record in one.linked_by:
        show.out.print(f"tied to both: {_short(record)}", markup=False)
    for edge in one.best_rejected:
        show.out.print(f"best rejected of {_short(edge.a)}: {_short(edge.b)} ({edge.match_weight:+.2f})", markup=False)
    show.out.print()


def _short(key: str) -> str:
    return key.partition("|")[2] or key


def how(
    entity: Annotated[str, typer.Argument(help="An entity's id, or a record of it as source:record_id.")],
    json: AsJson = False,
) -> None:
    """Say how an entity was built: which records joined which, by which pair, at which mean weight, since when."""
    from resolution.explain.how import how as explain

    home = show.settings().home
    found: Built = explain(home / "staging.duckdb", home / "resolution.duckdb", entity)
    if json:
        show.as_json(found)
        return
    show.out.print(f"{found.entity} ({found.kind}): {len(found.records)} records, begun by {_short(found.founder)}")
    rows = [
        (
            step.step,
            ", ".join(map(_short, step.joined)),
            ", ".join(map(_short, step.into)),
            f"{_short(step.a)} – {_short(step.b)} ({step.match_weight:+.2f})",
            f"{step.mean_weight:+.2f} over {step.pairs}",
            f"{step.held_from:%Y-%m-%d}",
        )
        for step in found.steps
    ]
    show.table(("step", "joined", "to", "by the pair", "mean weight", "known since"), rows)


def events(
    since: Annotated[int, typer.Option("--since", min=0, help="Only events after this number.")] = 0,
    json: AsJson = False,
) -> None:
    """List what became of identities: CREATED, MERGED, SPLIT, MOVED, RETIRED, numbered in order."""
    from resolution.explain.how import feed

    found = feed(show.settings().home / "resolution.duckdb", since)
    if json:
        show.as_json(found)
        return
    rows: list[tuple[Any, ...]] = [
        (
            e["sequence"],
            f"{e['happened']:%Y-%m-%d %H:%M}",
            e["event"],
            e["kind"],
            len(e["entities"]),
            ", ".join(e["entities"][:4]) + (" …" if len(e["entities"]) > 4 else ""),
            len(e["records"]),
        )
        for e in found
    ]
    show.table(("event", "at", "what", "kind", "entities", "which", "records moved"), rows)


def follow(
    kept: Annotated[Path, typer.Option("--store", help="File that keeps the model and who is who between runs.")],
    kind: Annotated[str, typer.Option("--kind", help="What the records are about: contact or account.")],
    records: Annotated[
        Path | None, typer.Option("--records", help="CSV of all records there are: record_id, [source], any columns.")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", help='JSON lines, "-" for standard input: whole records, or "deleted": true.'),
    ] = None,
    retrain: Annotated[bool, typer.Option("--retrain", help="With --records: learn the matching anew.")] = False,
) -> None:
    """Keep a changing file or a stream of records resolved: match what changed, print decisions and events as JSON.

    Begin with --records; then give the file as it is later, or --changes as they come. Given twice, nothing happens.
    """
    from resolution.standalone.follow import batches, matcher_of, opened, take_changes, take_file

    if (records is None) == (changes is None):
        raise InputError("resolve follow needs either --records or --changes")
    matcher, con, refused, line = matcher_of(kind), opened(kept), 0, 1
    try:
        if records is not None:
            with show.progress(quiet=True) as stage:
                _print(take_file(con, matcher, records, _now(), retrain=retrain, progress=stage("follow")))
            return
        with sys.stdin.buffer if str(changes) == "-" else Path(str(changes)).open("rb") as lines:
            for batch in batches(lines):
                taken = take_changes(con, matcher, batch, line, _now())
                _print(taken)
                line, refused = line + len(batch), refused + len(taken.refused)
    finally:
        con.close()
    if refused:
        raise InputError(f"{refused} of {line - 1} lines were refused, as printed; the others were taken in")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _print(taken: Taken) -> None:
    """One JSON object a line, at once: what reads on need not wait."""
    for number, why_not in taken.refused:
        print(dumps({"line": number, "refused": why_not}))
    for source, record, entity in taken.decided:
        print(dumps({"source": source, "record_id": record, "entity_id": entity}))
    for event in taken.events:
        print(dumps(event, default=str), flush=True)
    sys.stdout.flush()
