"""Groups the records of scored pairs: links, vetoes, judgements, average linkage inside each component."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import duckdb

from resolution.clustering.cluster import Cluster, Pair, Union, components, joined
from resolution.clustering.linkage import NO_HUBS, NO_ORDER, Hubs, average_linkage
from resolution.linking.blocking import cap_sql
from resolution.matchers.terms import Matcher

NEVER = -12.0
"""Weight (log2) of a compared pair that scored below what is kept."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Weights = dict[int, dict[Pair, float]]


Vetoes = dict[int, set[Pair]]


def group(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    known: Mapping[str, datetime],
    *,
    apart: frozenset[Pair] = frozenset(),
    together: frozenset[Pair] = frozenset(),
    where: str = "true",
) -> list[Cluster]:
    """Entities of two records or more, from `pairs_<kind>` (rows that meet `where`); all other records are alone.

    `apart` are never one entity, also not through third records; `together` always are, and stand above any veto.
    """
    rows = con.execute(
        f"SELECT l, r, match_weight FROM pairs_{matcher.kind} p WHERE accepted AND {where} ORDER BY l, r"
    ).fetchall()
    skipped = apart | together
    scored = {(str(a), str(b)): w for a, b, w in rows if a in known and b in known}
    links: dict[Pair, float | None] = {pair: w for pair, w in scored.items() if pair not in skipped}
    parts = _parts(con, matcher, links, apart, where)
    judged = {pair for pair in together if pair[0] in known and pair[1] in known}
    if judged:
        parts = _united(con, matcher, parts, judged, apart, where)
        links |= {pair: scored.get(pair) for pair in judged}
    owner = {key: number for number, part in enumerate(parts) for key in part}
    own: dict[int, dict[Pair, float | None]] = defaultdict(dict)
    for pair, weight in links.items():
        if (number := owner.get(pair[0], -1)) == owner.get(pair[1], -2):
            own[number][pair] = weight
    found = [joined(part, own[number], known) for number, part in enumerate(parts)]
    return sorted(found, key=lambda cluster: cluster.founder)


def founders(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    apart: frozenset[Pair] = frozenset(),
    together: frozenset[Pair] = frozenset(),
) -> dict[str, str]:
    """Each record of `input_<kind>` → the first record of its entity, all of them known from the same moment."""
    keys = [str(row[0]) for row in con.execute(f"SELECT uid FROM input_{matcher.kind} ORDER BY uid").fetchall()]
    found = {key: key for key in keys}
    for cluster in group(con, matcher, dict.fromkeys(keys, _EPOCH), apart=apart, together=together):
        found |= {member.key: cluster.founder for member in cluster.members}
    return found


def _parts(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    links: Mapping[Pair, float | None],
    apart: frozenset[Pair],
    where: str,
) -> list[list[str]]:
    """Groups of two records or more by the model's links, those that people and sources keep apart kept apart."""
    found: list[list[str]] = []
    large: dict[str, int] = {}
    groups = components(links)
    place = {key: number for number, members in enumerate(groups) for key in members}
    agreed = Counter(place[a] for (a, _), weight in links.items() if weight is not None and weight >= matcher.threshold)
    for number, members in enumerate(groups):
        if len(members) == 2 or agreed[number] == len(members) * (len(members) - 1) // 2:  # so is every mean
            found.append(members)
        else:
            large.update(dict.fromkeys(members, number))
    weights, forbidden = _inside(con, matcher, large, where)
    keep_apart(forbidden, apart, large)
    hubs, order = _hubs(con, matcher, large), _order(con, matcher, large)
    for number in sorted(weights):
        parts = average_linkage(
            groups[number],
            weights[number],
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
            hubs=hubs,
            order=order,
        )
        found += [part for part in parts if len(part) > 1]
    return found


def _order(con: duckdb.DuckDBPyConnection, matcher: Matcher, place: Mapping[str, int]) -> Mapping[str, int]:
    """These records of a file (`_inside` placed them) by their own ids, so that the order of rows settles no tie."""
    table = f"input_{matcher.kind}"
    known = "SELECT 1 FROM duckdb_columns() WHERE table_name = ? AND column_name = 'raw record_id'"
    if not place or not con.execute(known, [table]).fetchall():
        return NO_ORDER
    ranked = 'SELECT uid, row_number() OVER (ORDER BY "raw record_id", uid)'
    return dict(con.execute(f"{ranked} FROM {table} SEMI JOIN placed ON placed.key = uid").fetchall())


def _hubs(con: duckdb.DuckDBPyConnection, matcher: Matcher, place: Mapping[str, int]) -> Hubs:
    """What pairs of these records (`_inside` placed them) weigh that too many share a key with to be all compared.

    The pairs of a hub that were drawn tell how many of all its pairs are one entity; an uncompared one is as likely,
    but never speaks for more than the threshold nor less than a pair that shares no key.
    """
    if not place or not matcher.draws_neighbours:
        return NO_HUBS
    rows = con.execute(
        f"""WITH said AS (SELECT key, coalesce(avg(coalesce(p.probability, 0)), 0) AS p
                FROM neighbours_{matcher.kind} LEFT JOIN pairs_{matcher.kind} p USING (l, r) GROUP BY key),
            telling AS (SELECT key, least({matcher.threshold}, log2((p + 1e-6) / (1 - p + 1e-6)))::DOUBLE AS says
                FROM said WHERE says > {matcher.missing_pair})
        SELECT k.unique_id, k.key, says FROM keys_{matcher.kind} k JOIN telling USING (key)
        JOIN placed ON placed.key = k.unique_id"""
    ).fetchall()
    says: dict[str, dict[int, float]] = defaultdict(dict)
    for record, hub, weight in rows:
        says[record][hub] = weight
    if not says:
        return NO_HUBS
    drawn = con.execute(
        f"SELECT DISTINCT l, r FROM neighbours_{matcher.kind} JOIN placed a ON a.key = l JOIN placed b "
        "ON b.key = r AND a.number = b.number"
    ).fetchall()
    return Hubs(says, frozenset(drawn))


def _united(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    parts: list[list[str]],
    together: set[Pair],
    apart: frozenset[Pair],
    where: str,
) -> list[list[str]]:
    """Groups after people put some together: whole groups join; where a veto stands between them, only those named.

    In the second case the records concerned are grouped anew, beginning with what people put together.
    """
    place = {key: number for number, part in enumerate(parts) for key in part}
    whole = Union()  # over numbers of groups, and over keys (which hold a |) of records that are in none
    for a, b in sorted(together):
        whole.join(str(place.get(a, a)), str(place.get(b, b)))
    affected = whole.groups()
    members = [
        sorted(key for name in names for key in (parts[int(name)] if name.isdigit() else [name])) for names in affected
    ]
    large = {key: number for number, some in enumerate(members) for key in some}
    weights, forbidden = _inside(con, matcher, large, where)
    keep_apart(forbidden, apart, large)
    hubs = _hubs(con, matcher, large)
    begin: dict[int, list[list[str]]] = defaultdict(list)
    named: dict[str, int] = {}
    for order, some in enumerate(components(together)):
        begin[large[some[0]]].append(some)
        named.update(dict.fromkeys(some, order))
    gone = {int(name) for names in affected for name in names if name.isdigit()}
    found = [part for number, part in enumerate(parts) if number not in gone]
    for number, some in enumerate(members):
        if all(named.get(a, -1) == named.get(b, -2) for a, b in forbidden[number]):
            found.append(some)
            continue
        again = average_linkage(
            some,
            weights[number],
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
            together=begin[number],
            hubs=hubs,
        )
        found += [part for part in again if len(part) > 1]
    return found


def keep_apart(forbidden: Vetoes, apart: frozenset[Pair], place: Mapping[str, int]) -> None:
    """Add the pairs `apart` to the vetoes of the number that both their records have."""
    for a, b in apart:
        if a in place and place[a] == place.get(b):
            forbidden[place[a]].add((a, b))


def _inside(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, place: Mapping[str, int], where: str
) -> tuple[Weights, Vetoes]:
    """Weights and vetoes of every compared pair inside the components that need a closer look."""
    if not place:
        return defaultdict(dict), defaultdict(set)
    con.execute("CREATE OR REPLACE TEMP TABLE placed (key VARCHAR, number INTEGER)")
    con.execute(
        "INSERT INTO placed SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])", [list(place), list(place.values())]
    )
    return by_number(con.execute(inside_sql(matcher, where)).fetchall())


def by_number(rows: Iterable[tuple[int, str, str, float, bool]]) -> tuple[Weights, Vetoes]:
    """Rows of `inside_sql` as weights and vetoes by number."""
    weights: Weights = defaultdict(dict)
    forbidden: Vetoes = defaultdict(set)
    for number, a, b, weight, vetoed in rows:
        weights[number][(a, b)] = weight
        if vetoed:
            forbidden[number].add((a, b))
    return weights, forbidden


def inside_sql(matcher: Matcher, where: str) -> str:
    """SELECT number, l, r, weight, vetoed: every pair of records of one number of `placed` that was compared."""
    keys = f"keys_{matcher.kind}"
    if matcher.draws_neighbours:  # the candidates say which pairs
        return f"""SELECT a.number, join_key_l AS l, join_key_r AS r,
            coalesce(p.counts_as, greatest({NEVER}, p.match_weight), {NEVER})::DOUBLE AS weight,
            (p.veto IS NOT NULL AND p.counts_as IS NULL) OR NOT ({where}) AS vetoed
        FROM candidates_{matcher.kind} c JOIN placed a ON a.key = join_key_l
        JOIN placed b ON b.key = join_key_r AND a.number = b.number
        LEFT JOIN pairs_{matcher.kind} p ON p.l = join_key_l AND p.r = join_key_r"""
    return f"""WITH mine AS (SELECT k.*, number FROM {keys} k JOIN placed ON placed.key = k.unique_id),
        open AS (SELECT key FROM {keys} SEMI JOIN mine USING (key) GROUP BY key, block HAVING count(*) <=
            {cap_sql(matcher)}),
        compared AS (
            SELECT DISTINCT a.number, a.unique_id AS l, b.unique_id AS r FROM mine a JOIN mine b
            ON a.key = b.key AND a.number = b.number AND a.unique_id < b.unique_id SEMI JOIN open ON open.key = a.key
        )
        SELECT number, l, r, coalesce(greatest({NEVER}, p.match_weight), {NEVER})::DOUBLE AS weight,
            p.veto IS NOT NULL OR NOT ({where}) AS vetoed
        FROM compared LEFT JOIN pairs_{matcher.kind} p USING (l, r)"""
