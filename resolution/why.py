"""Why two records are one entity, or why not: from what a resolution stored, or scored afresh with its model.

`dealgraph resolve why` opens resolution.duckdb and, for a pair that is not stored, the staged records: then the
records of that kind are prepared again (seconds for 100,000), because frequencies and blocking keys rest on all of
them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError, NotFound, StaleModel
from resolution import inputs
from resolution.blocking import usable_columns
from resolution.clusters import Pair
from resolution.compared import BY_KIND, evidence, evidence_sql, stored_model
from resolution.decision import decide
from resolution.entities import resolved_as_of
from resolution.explanation import Edge, Explanation, SharedKey, explain, not_compared
from resolution.frequencies import count_frequencies, provisional
from resolution.grouping import prepare
from resolution.how import opened
from resolution.linker import score
from resolution.matchers import Matcher
from resolution.model import Model
from resolution.steps import GROUPED, Grouped, members_sql, write_steps

KINDS = ("account", "contact", "lead", "deal")
ENTITY = re.compile(r"[acldo]_[0-9a-f]{12}")
NOTHING = -1_000_000.0
"""A weight that every pair exceeds."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a question is answered: the matcher, its stored model, tables of pairs, cuts and steps, and the groups.

    `members` is a SELECT of (key, grp). `prepared` says whether prepared_<kind> is there already.
    """

    con: duckdb.DuckDBPyConnection
    matcher: Matcher
    model: tuple[str, float, dict[str, Any]] | None
    members: str
    catalog: str = "resolution"
    prepared: bool = False
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
    con, _ = inputs.open_staging(Path(staging_db), resolved_as_of(Path(resolution_db)))
    try:
        con.execute(f"ATTACH '{str(resolution_db).replace(chr(39), chr(39) * 2)}' AS resolution (READ_ONLY)")
        lefts, rights = _keys(con, a, kind), _keys(con, b, kind)
        kinds = {key.partition("|")[0].replace("lead", "contact") for key in (*lefts, *rights)}
        if len(kinds) > 1:
            raise InputError(f"{a} and {b} are {' and '.join(sorted(kinds))}: two kinds are never compared")
        matcher = BY_KIND[kinds.pop()]
        leads = all(key.startswith("lead|") for key in (*lefts, *rights))
        members = members_sql("lead" if leads else matcher.kind, "resolution.previous", "resolution.lead_contact")
        ground = Ground(con, matcher, stored_model(con, matcher.kind), members)
        return told(ground, [_best(ground, lefts, rights)])[0]
    finally:
        con.close()


def _keys(con: duckdb.DuckDBPyConnection, text: str, kind: str | None) -> list[str]:
    """Record keys that a text names: all of an entity, or the one record of that kind (the first kind there is)."""
    if ENTITY.fullmatch(text):
        rows = con.execute(
            "SELECT key FROM resolution.previous WHERE kind <> 'outcome' AND entity_id = coalesce((SELECT entity_id "
            "FROM resolution.redirects WHERE old_id = ?), ?) ORDER BY key",
            [text, text],
        ).fetchall()
    else:
        wanted = [f"{one}|{text}" for one in ((kind,) if kind else KINDS)]
        rows = con.execute(
            "SELECT key FROM resolution.previous WHERE list_contains(?, key) ORDER BY list_position(?, key) LIMIT 1",
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
    filled, model = usable_columns(con, f"prepared_{kind}"), _model(ground)
    provisional(con, ground.matcher, filled, f"prepared_{kind}")
    count_frequencies(con, model, f"prepared_{kind}")
    con.execute("CREATE OR REPLACE TEMP TABLE wanted (join_key_l VARCHAR, join_key_r VARCHAR, match_key VARCHAR)")
    con.executemany("INSERT INTO wanted VALUES (?, ?, NULL)", [list(pair) for pair in pairs])
    score(con, model, f"prepared_{kind}", "wanted", "scored_afresh", keep_from=NOTHING)
    decide(con, ground.matcher, filled, "scored_afresh", f"prepared_{kind}")
    if kind == "account":
        con.execute(inputs.STATED_TWO)
        con.execute(inputs.KEEP_STATED_TWO.format(pairs="scored_afresh"))
    return _rows(ground, "scored_afresh")


def _model(ground: Ground) -> Model:
    """The stored model, if the matcher still has the comparisons that it was trained on."""
    if ground.model is None:
        raise NotFound(f"no {ground.matcher.kind} model is stored: resolve first")
    digest, prior, settings = ground.model
    declared = {c.name: c for c in ground.matcher.comparisons}
    comparisons = []
    for trained in settings["comparisons"]:
        name = trained["output_column_name"]
        labels = [x["label_for_charts"] for x in trained["comparison_levels"] if not x.get("is_null_level")]
        own = declared.get(name)
        if own is None or labels != [*(level.label for level in own.levels), own.otherwise]:
            raise StaleModel(
                f"the {ground.matcher.kind} model {digest} was trained on another comparison {name!r}: "
                "run `dealgraph resolve run`"
            )
        comparisons.append(own)
    filled = usable_columns(ground.con, f"prepared_{ground.matcher.kind}")
    return Model(ground.matcher.kind, settings, prior, tuple(comparisons), filled)


def _prepare(ground: Ground) -> None:
    """Make prepared_<kind> of all staged records, unless it is there."""
    con, kind = ground.con, ground.matcher.kind
    if ground.prepared:
        return
    if kind == "contact":
        con.execute("CREATE OR REPLACE TABLE employer AS SELECT * FROM resolution.employer")
    else:
        con.execute("CREATE OR REPLACE TABLE resolved_key AS SELECT kind, key, entity_id FROM resolution.previous")
    con.execute({"account": inputs.ACCOUNT_INPUT, "contact": inputs.PERSON_INPUT, "deal": inputs.DEAL_INPUT}[kind])
    prepare(con, ground.matcher)


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
