"""What people decided about pairs of records: it outranks the model both ways."""

from dataclasses import dataclass

import duckdb

VERDICTS = ("same", "different", "unsure")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's verdict on two record keys ('kind|source:record_id')."""

    a: str
    b: str
    verdict: str


def judgements(con: duckdb.DuckDBPyConnection, catalog: str, kind: str) -> tuple[Judgement, ...]:
    """The judgements of a kind in table `judgements(kind, a, b, verdict)` of a catalog; none without such a table."""
    known = con.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_catalog = ? AND table_name = 'judgements'", [catalog]
    ).fetchall()
    if not known:
        return ()
    rows = con.execute(
        f"SELECT least(a, b), greatest(a, b), verdict FROM {catalog}.judgements WHERE kind = ? ORDER BY ALL", [kind]
    )
    return tuple(Judgement(str(a), str(b), str(v)) for a, b, v in rows.fetchall())


def told(verdicts: tuple[Judgement, ...], verdict: str) -> frozenset[tuple[str, str]]:
    """The pairs of records that were given a verdict."""
    return frozenset((v.a, v.b) for v in verdicts if v.verdict == verdict)


def apply(con: duckdb.DuckDBPyConnection, scored: str, verdicts: tuple[Judgement, ...]) -> None:
    """Let verdicts decide in a scored table: 'same' accepts, 'different' rejects."""
    for verdict in verdicts:
        if verdict.verdict == "unsure":
            continue
        same = verdict.verdict == "same"
        changed = con.execute(
            f"UPDATE {scored} SET accepted = ?, veto = ? WHERE l = ? AND r = ? RETURNING 1",
            [same, None if same else "a person said: different", verdict.a, verdict.b],
        ).fetchall()
        if same and not changed:
            con.execute(f"INSERT INTO {scored} (l, r, accepted) VALUES (?, ?, true)", [verdict.a, verdict.b])
