"""Guards: what an entity should not look like, declared as data; each is an audit whose rows are written as findings.

A warning asks a person to look and to judge; an error says that the resolution broke a promise. Findings stand in
table `findings` of the resolution; `dealgraph check identity` shows them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from kg.errors import ConfigurationError
from resolution.database.connection import from_resolution
from resolution.judgements.bridges import bridges
from resolution.judgements.verdicts import Verdicts
from resolution.linking.model import added_sql

SEVERITIES: Final = ("warning", "error")
DENSE: Final = 3
"""A bridge holds two parts of at least so many records together."""
LARGEST: Final = {"account": 150, "contact": 40, "lead": 40, "deal": 12}
"""More records than one organisation, person or deal usually leaves in all systems together."""
CLEAN_RECORDS, CLEAN_SHARE = 50, 0.02
"""A source counts as clean in a kind when of at least so many records at most this share repeats within it."""
SHARED = 4
"""A phone number that at least so many entities hold is a switchboard."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule. `sql` gives kind, entity_id, records and found for each entity that breaks it."""

    name: str
    about: str
    severity: str
    remedy: str
    sql: str

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES or not self.name.isidentifier() or not self.about.endswith("."):
            raise ConfigurationError(f"guard {self.name!r} needs a plain name, a sentence and one of {SEVERITIES}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One entity that a guard speaks of, with the records concerned and what was found."""

    guard: str
    severity: str
    kind: str
    entity_id: str
    records: tuple[str, ...]
    found: str


CUT = "look at it, and cut it with `dealgraph resolve unmerge` if it holds two"
SHARED_PHONE = """
SELECT k.kind, k.entity_id, list_sort(list_distinct(flatten(list([w.l, w.r])))) AS records,
    'phone ' || any_value(s.phone) || ' is all that ties ' || count(*) || ' pairs, and ' || any_value(s.n) ||
    ' entities hold it' AS found
FROM weak_link w JOIN resolved_key k ON k.key = w.l JOIN resolved_key o ON o.key = w.r AND o.entity_id = k.entity_id
JOIN prepared_{kind} p ON p.unique_id = w.l
JOIN (SELECT phone, count(DISTINCT entity_id) AS n FROM prepared_{kind} JOIN resolved_key ON key = unique_id
      WHERE phone IS NOT NULL GROUP BY phone HAVING n >= {shared}) s USING (phone)
WHERE w.kind = '{kind}' AND w.sign = 'phone' GROUP BY k.kind, k.entity_id
"""

GUARDS: Final = (
    Guard(
        "cluster_too_large",
        "An entity holds more records than one of its kind usually leaves.",
        "warning",
        CUT,
        "SELECT kind, entity_id, list(key ORDER BY key)[:20] AS records, count(*) || ' records' AS found "
        "FROM resolved_key GROUP BY kind, entity_id HAVING count(*) > CASE kind "
        + " ".join(f"WHEN '{kind}' THEN {most}" for kind, most in LARGEST.items())
        + " ELSE 1000 END",
    ),
    Guard(
        "bridge",
        "One link alone holds two parts of an entity together.",
        "warning",
        "judge the two records it ties with `dealgraph resolve judge`",
        "SELECT kind, entity_id, [l, r] AS records, 'behind it ' || smaller || ' of ' || size || ' records' AS found "
        f"FROM bridge_link WHERE smaller >= {DENSE}",
    ),
    Guard(
        "clean_source_twice",
        "A source that otherwise has no duplicates has two records in one entity.",
        "warning",
        CUT,
        f"""WITH held AS (SELECT kind, split_part(substr(key, strpos(key, '|') + 1), ':', 1) AS source, entity_id, key
            FROM resolved_key WHERE kind <> 'outcome'),
        twice AS (SELECT kind, source, entity_id, list(key ORDER BY key) AS records, count(*) AS n FROM held
            GROUP BY kind, source, entity_id HAVING count(*) > 1),
        clean AS (SELECT kind, source FROM (SELECT kind, source, count(*) AS n FROM held GROUP BY kind, source)
            JOIN (SELECT kind, source, sum(n) AS repeated FROM twice GROUP BY kind, source) USING (kind, source)
            WHERE n >= {CLEAN_RECORDS} AND repeated <= {CLEAN_SHARE} * n)
        SELECT kind, entity_id, records, n || ' records of ' || source AS found
        FROM twice SEMI JOIN clean USING (kind, source)""",
    ),
    Guard(
        "registration_conflict",
        "An account holds two registration ids that no two countries explain.",
        "warning",
        CUT,
        """WITH told AS (SELECT k.entity_id, p.unique_id, p.registration_id, p.country FROM prepared_account p
            JOIN resolved_key k ON k.key = p.unique_id WHERE p.registration_id IS NOT NULL)
        SELECT 'account' AS kind, a.entity_id, list_sort(list_distinct(flatten(list([a.unique_id, b.unique_id]))))
            AS records, min(a.registration_id) || ' and ' || max(b.registration_id) AS found
        FROM told a JOIN told b ON a.entity_id = b.entity_id AND a.registration_id < b.registration_id
        WHERE coalesce(a.country = b.country, true) GROUP BY a.entity_id""",
    ),
    *(
        Guard(
            f"switchboard_only_{kind}",
            f"Nothing but a phone number that several {kind}s share ties two records.",
            "warning",
            CUT,
            SHARED_PHONE.format(kind=kind, shared=SHARED),
        )
        for kind in ("account", "contact")
    ),
    Guard(
        "mailbox_only",
        "Nothing but a role's or a team's mailbox ties two records of persons.",
        "warning",
        CUT,
        """SELECT k.kind, k.entity_id, list_sort(list_distinct(flatten(list([w.l, w.r])))) AS records,
            any_value(mail_of(i.email)) || ' is all that ties ' || count(*) || ' pairs' AS found
        FROM weak_link w JOIN resolved_key k ON k.key = w.l
        JOIN resolved_key o ON o.key = w.r AND o.entity_id = k.entity_id JOIN input_contact i ON i.uid = w.l
        WHERE w.kind = 'contact' AND w.sign = 'email' AND list_contains(role_addresses(), mail_local(i.email))
        GROUP BY k.kind, k.entity_id""",
    ),
    Guard(
        "judged_contradiction",
        "People's judgements contradict each other.",
        "warning",
        "take one of them back with `dealgraph resolve judge unsure`",
        "SELECT k.kind, k.entity_id, [c.a, c.b] AS records, c.sentence AS found FROM contradiction c "
        "JOIN resolved_key k ON k.key = c.a",
    ),
    Guard(
        "judged_different_together",
        "Records that a person judged different are in one entity.",
        "error",
        "this is a fault of the resolution: report it",
        "SELECT a.kind, a.entity_id, [j.a, j.b] AS records, 'judged different' AS found FROM judged_different j "
        "JOIN resolved_key a ON a.key = j.a JOIN resolved_key b ON b.key = j.b AND b.entity_id = a.entity_id",
    ),
)


def audit(con: duckdb.DuckDBPyConnection, verdicts: Verdicts) -> tuple[Finding, ...]:
    """Run every guard over what was resolved, into table `findings`; also makes `bridge_link` and `weak_link`."""
    _judged(con, verdicts)
    _bridges(con)
    _weak_links(con)
    con.execute(
        "CREATE TABLE findings (guard VARCHAR, severity VARCHAR, kind VARCHAR, entity_id VARCHAR, records VARCHAR[], "
        "found VARCHAR)"
    )
    for guard in GUARDS:
        con.execute(
            f"INSERT INTO findings SELECT ?, ?, kind, entity_id, records, found FROM ({guard.sql})",
            [guard.name, guard.severity],
        )
    return read_findings(con)


def read_findings(con: duckdb.DuckDBPyConnection) -> tuple[Finding, ...]:
    """The findings of a resolution, errors first."""
    rows = con.execute("SELECT * FROM findings ORDER BY severity, guard, kind, entity_id, records").fetchall()
    return tuple(Finding(str(g), str(s), str(k), str(e), tuple(r), str(f)) for g, s, k, e, r, f in rows)


def findings_of(resolution_db: Path) -> tuple[Finding, ...]:
    """What the guards found at the last resolution.

    Raises:
        NotFound: nothing was resolved here yet.
    """
    return from_resolution(resolution_db, read_findings, "findings")


def sentences(findings: Sequence[Finding]) -> tuple[str, ...]:
    """One sentence a guard that found something: how often, the first entity, what to do."""
    counts = Counter(f.guard for f in findings)
    first = {f.guard: f for f in reversed(findings)}
    said = []
    for guard in GUARDS:
        if (n := counts[guard.name]) and (f := first[guard.name]):
            times = f"{n} times" if n > 1 else "once"
            said.append(
                f"{guard.about[:-1]} ({guard.name}, {times}): {f.kind} {f.entity_id}, {f.found}; {guard.remedy}."
            )
    return tuple(said)


def _judged(con: duckdb.DuckDBPyConnection, verdicts: Verdicts) -> None:
    con.execute("CREATE TEMP TABLE judged_different (a VARCHAR, b VARCHAR)")
    con.execute("CREATE TEMP TABLE contradiction (a VARCHAR, b VARCHAR, sentence VARCHAR)")
    different = sorted(verdicts.different)
    con.execute(
        "INSERT INTO judged_different SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [[a for a, _ in different], [b for _, b in different]],
    )
    for found in verdicts.contradictions:
        con.execute("INSERT INTO contradiction VALUES (?, ?, ?)", [*found.same, found.sentence])


def _bridges(con: duckdb.DuckDBPyConnection) -> None:
    """`bridge_link(kind, entity_id, l, r, smaller, size)`: only in entities large enough to have two dense parts."""
    con.execute(
        "CREATE TEMP TABLE bridge_link (kind VARCHAR, entity_id VARCHAR, l VARCHAR, r VARCHAR, smaller INTEGER, "
        "size INTEGER)"
    )
    con.execute(
        "CREATE TEMP TABLE sized AS SELECT key, kind, entity_id, count(*) OVER (PARTITION BY entity_id) AS size "
        "FROM resolved_key WHERE kind <> 'outcome'"
    )
    for kind in ("account", "contact", "deal"):
        rows = con.execute(
            f"SELECT p.l, p.r FROM pairs_{kind} p JOIN sized a ON a.key = p.l JOIN sized b ON b.key = p.r "
            f"AND a.entity_id = b.entity_id WHERE p.accepted AND a.size >= {2 * DENSE} ORDER BY p.l, p.r"
        ).fetchall()
        found = sorted(bridges((str(a), str(b)) for a, b in rows).items())
        columns = [[a for (a, _), _ in found], [b for (_, b), _ in found], [n for _, n in found]]
        con.execute(
            "INSERT INTO bridge_link SELECT s.kind, s.entity_id, x.l, x.r, x.n, s.size FROM (SELECT "
            "unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r, unnest(?::INTEGER[]) AS n) x "
            "JOIN sized s ON s.key = x.l",
            columns,
        )


def _weak_links(con: duckdb.DuckDBPyConnection) -> None:
    """`weak_link(kind, l, r, sign)`: accepted pairs that a phone number or an e-mail address alone speaks for."""
    con.execute("CREATE TEMP TABLE weak_link (kind VARCHAR, l VARCHAR, r VARCHAR, sign VARCHAR)")
    for kind in ("account", "contact"):
        columns = {str(row[0]) for row in con.execute(f"DESCRIBE pairs_{kind}").fetchall()}
        names = sorted(c.removeprefix("level_") for c in columns if c.startswith("level_"))
        said = {name: added_sql(name, columns) for name in names}
        for by in {"phone", "email"} & said.keys():
            others = " AND ".join(f"{sql} <= 0" for name, sql in said.items() if name != by) or "true"
            con.execute(
                f"INSERT INTO weak_link SELECT '{kind}', l, r, '{by}' FROM pairs_{kind} "
                f"WHERE accepted AND match_weight IS NOT NULL AND {said[by]} > 0 AND {others}"
            )
