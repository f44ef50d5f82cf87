"""Why two records are one entity, or why not: from what a resolution stored, or scored afresh with its model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError, NotFound
from resolution.clustering.cluster import Pair
from resolution.database.connection import attach
from resolution.explain.evidence import BY_KIND, evidence, evidence_sql, stored_model
from resolution.explain.explanation import Edge, Explanation, SharedKey, explain, not_compared
from resolution.explain.how import opened
from resolution.explain.steps import GROUPED, Grouped, members_sql, write_steps
from resolution.identity.store import kept_model, resolved_as_of
from resolution.judgements.verdicts import Verdicts, apply
from resolution.linking.blocking import usable_columns
from resolution.linking.decision import decide
from resolution.linking.linker import score
from resolution.linking.model import Model
from resolution.matchers import Matcher
from resolution.staging import as_of

KINDS = ("account", "contact", "lead", "deal")
ENTITY = re.compile(r"[acldo]_[0-9a-f]{12}")
NOTHING = -1_000_000.0
"""A weight that every pair exceeds."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a question is answered: the matcher, its stored model, tables of pairs, cuts and steps, and the groups.

    `members` is a SELECT of (key, grp). With `trained`, the model and its tables are in memory and not in the catalog.
    """

    con: duckdb.DuckDBPyConnection
    matcher: Matcher
    model: tuple[str, float, dict[str, Any]] | None
    members: str
    catalog: str = "resolution"
    trained: Model | None = None
    kinds: Grouped = GROUPED

    @property
    def pairs(self) -> str:
        """The table of scored pairs."""
        return f"{self.catalog}.pairs_{self.matcher.kind}"


def why(staging_db: Path, resolution_db: Path, a: str, b: str, kind: str | None = None) -> Explanation:
    """Why two records ('source:record_id') or two entities (ids) are one, or why not.

    Two entities are told by their best stored pair. Raises NotFound for what was never resolved, InputError for two
    kinds that are never compared, StaleModel when the matcher has changed since.
    """
    opened(Path(resolution_db)).close()
    con, _ = as_of.open_staging(Path(staging_db), resolved_as_of(Path(resolution_db)))
    try:
        attach(con, resolution_db, "resolution")
        lefts, rights = _keys(con, a, kind), _keys(con, b, kind)
        kinds = {key.partition("|")[0].replace("lead", "contact") for key in (*lefts, *rights)}
        if len(kinds) > 1:
            raise InputError(f"{a} and {b} are {' and '.join(sorted(kinds))}: two kinds are never compared")
        matcher = BY_KIND[kinds.pop()]
        leads = all(key.startswith("lead|") for key in (*lefts, *rights))
        members = members_sql("lead" if leads else matcher.kind, "resolution.resolved", "resolution.lead_contact")
        ground = Ground(con, matcher, stored_model(con, matcher.kind), members)
        return told(ground, [_best(ground, lefts, rights)])[0]
    finally:
        con.close()


def _keys(con: duckdb.DuckDBPyConnection, text: str, kind: str | None) -> list[str]:
    """Record keys that a text names: all of an entity, or the one record of that kind (the first kind there is)."""
    if ENTITY.fullmatch(text):
        rows = con.execute(
            "SELECT key FROM resolution.resolved WHERE kind <> 'outcome' AND entity_id = coalesce((SELECT entity_id "
            "FROM resolution.redirects WHERE old_id = ?), ?) ORDER BY key",
            [text, text],
        ).fetchall()
    else:
        wanted = [f"{one}|{text}" for one in ((kind,) if kind else KINDS)]
        rows = con.execute(
            "SELECT key FROM resolution.resolved WHERE list_contains(?, key) ORDER BY list_position(?, key) LIMIT 1",
            [wanted, wanted],
        ).fetchall()
    if not rows:
        what = f"{kind} {text!r}" if kind else repr(text)
        raise NotFound(f"{what} was not resolved: name a record as source:record_id, or an entity by its id")
    return [str(row[0]) for row in rows]


def _best(ground: Ground, lefts: Sequence[str], rights: Sequence[str]) -> Pair:
    """The pair to tell of: the best stored one between two sets of records, else their first records."""
    rows = ground.con.execute(
        f"SELECT l, r FROM {ground.pairs} WHERE (list_contains(?, l) AND list_contains(?, r)) OR "
        "(list_contains(?, r) AND list_contains(?, l)) ORDER BY accepted DESC, match_weight DESC, l, r LIMIT 1",
        [lefts, rights, lefts, rights],
    ).fetchall()
    a, b = rows[0] if rows else (lefts[0], next((key for key in rights if key != lefts[0]), lefts[0]))
    if a == b:
        raise InputError(f"{a.partition('|')[2]} was named twice: name two records, or two entities")
    return (a, b) if a < b else (b, a)


def told(ground: Ground, pairs: Sequence[Pair]) -> list[Explanation]:
    """The explanation of each pair (keys in sorted order)."""
    con = ground.con
    con.execute("CREATE OR REPLACE TEMP TABLE asked (l VARCHAR, r VARCHAR)")
    con.executemany("INSERT INTO asked VALUES (?, ?)", [list(pair) for pair in pairs])
    keys = sorted({key for pair in pairs for key in pair})
    groups = dict(
        con.execute(f"SELECT key, grp FROM ({ground.members}) WHERE list_contains(?, key)", [keys]).fetchall()
    )
    kind = ground.matcher.kind
    write_steps(con, ground.catalog, tuple((of, m) for of, m in ground.kinds if m.kind == kind), keys)
    stored = _rows(ground, f"(SELECT p.* FROM {ground.pairs} p JOIN asked USING (l, r))")
    lacking = [pair for pair in pairs if pair not in stored]
    fresh = _afresh(ground, lacking) if lacking else {}
    found = []
    for a, b in pairs:
        one = groups.get(a) is not None and groups.get(a) == groups.get(b)
        if (a, b) in stored:
            said = explain(a, b, stored[(a, b)], together=one)
        else:
            scored = explain(a, b, fresh[(a, b)], together=one) if (a, b) in fresh else None
            said = not_compared(a, b, scored, _shared_keys(ground, a, b), together=one)
        found.append(replace(said, linked_by=_links(ground, a, b), best_rejected=_rejected(ground, a, b)))
    return found


def _rows(ground: Ground, pairs: str) -> dict[Pair, dict[str, Any]]:
    """What COMPARED_WITH would hold, for the rows of `pairs`."""
    source = pairs if pairs.isidentifier() else ground.pairs
    known = evidence(ground.con, ground.matcher, source, ground.model)
    asked = ground.con.execute(evidence_sql(known, pairs))
    names = [str(column[0]) for column in asked.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    return {(row["l"], row["r"]): row for row in rows}


def _afresh(ground: Ground, pairs: Sequence[Pair]) -> dict[Pair, dict[str, Any]]:
    """Score pairs with the stored model: levels, weights and vetoes as a run would give them."""
    con, kind = ground.con, ground.matcher.kind
    if ground.model is None:
        return {}
    _prepare(ground)
    model = ground.trained or kept_model(con, ground.matcher, ground.catalog)
    con.execute("CREATE OR REPLACE TEMP TABLE wanted (join_key_l VARCHAR, join_key_r VARCHAR, match_key VARCHAR)")
    con.executemany("INSERT INTO wanted VALUES (?, ?, NULL)", [list(pair) for pair in pairs])
    con.execute(
        f"CREATE OR REPLACE TABLE wanted_records AS FROM prepared_{kind} WHERE unique_id IN "
        "(SELECT join_key_l FROM wanted UNION SELECT join_key_r FROM wanted)"
    )
    score(con, model, "wanted_records", "wanted", "scored_afresh", keep_from=NOTHING)
    decide(con, ground.matcher, model.filled, "scored_afresh", "wanted_records")
    if kind == "account" and ground.catalog != "main":
        con.execute(as_of.STATED_TWO)
        stated = con.execute("SELECT a, b FROM stated_two WHERE (a, b) IN (SELECT (l, r) FROM scored_afresh)")
        apply(con, "scored_afresh", Verdicts(stated=frozenset((str(a), str(b)) for a, b in stated.fetchall())))
    return _rows(ground, "scored_afresh")


def _prepare(ground: Ground) -> None:
    """Let prepared_<kind> be the records as the matcher reads them, unless it is there."""
    kind = ground.matcher.kind
    if not ground.trained:
        ground.con.execute(f"CREATE OR REPLACE VIEW prepared_{kind} AS FROM {ground.catalog}.prepared_{kind}")


def _shared_keys(ground: Ground, a: str, b: str) -> tuple[SharedKey, ...]:
    """The blocking keys that two records share, those worth a comparison first."""
    con, table = ground.con, f"prepared_{ground.matcher.kind}"
    _prepare(ground) if ground.model is None else None
    filled = usable_columns(con, table)
    found = []
    for block in ground.matcher.blocks:
        if not set(block.needs) <= filled:
            continue
        is_list = con.execute(f"SELECT typeof({block.key}) FROM {table} LIMIT 1").fetchall()[0][0].endswith("[]")
        key = f"unnest(list_distinct({block.key}))" if is_list else block.key
        rows = con.execute(
            f"""SELECT key::VARCHAR, count(DISTINCT unique_id) FROM (SELECT unique_id, {key} AS key FROM {table})
            WHERE key IS NOT NULL AND key::VARCHAR <> '' GROUP BY key
            HAVING bool_or(unique_id = ?) AND bool_or(unique_id = ?) ORDER BY 2, 1""",
            [a, b],
        ).fetchall()
        found += [SharedKey(block.about, str(value), int(n), block.cap) for value, n in rows]
    return tuple(sorted(found, key=lambda k: (k.records > k.cap, k.records, k.about)))


def _links(ground: Ground, a: str, b: str) -> tuple[str, ...]:
    """Records that are tied to both by accepted pairs, at most five, the strongest first."""
    rows = ground.con.execute(
        f"""WITH ties AS (SELECT l AS own, r AS other, match_weight AS w FROM {ground.pairs} WHERE accepted
            UNION ALL SELECT r, l, match_weight FROM {ground.pairs} WHERE accepted)
        SELECT x.other FROM ties x JOIN ties y USING (other) WHERE x.own = ? AND y.own = ?
        ORDER BY least(x.w, y.w) DESC NULLS LAST, x.other LIMIT 5""",
        [a, b],
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def _rejected(ground: Ground, a: str, b: str) -> tuple[Edge, ...]:
    """The best rejected pair of each of two records."""
    found = []
    for own in (a, b):
        rows = ground.con.execute(
            f"SELECT l, r, match_weight FROM {ground.pairs} WHERE NOT accepted AND match_weight IS NOT NULL AND "
            "(l = ? OR r = ?) ORDER BY match_weight DESC, l, r LIMIT 1",
            [own, own],
        ).fetchall()
        found += [Edge(own, str(r if x == own else x), float(w)) for x, r, w in rows]
    return tuple(found)
