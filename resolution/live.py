"""Identity of one kind kept up to date: new, changed and deleted records change only the entities that they touch.

The model that was trained stands still. A change is worked out in memory, on the records, keys and pairs that it can
reach, and written in one transaction, so that a killed process leaves all of it or nothing. What is reached: the
changed records; the records of every key that became a hub or ceased to be one; then every component that an accepted
pair, old or new, ties to these. Each of them is grouped as a whole run groups it, so any order of changes ends in the
partition of one run over all records.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from resolution.blocking import cap_sql, write_keys
from resolution.decision import decide
from resolution.events import Event
from resolution.grouping import link, prepare
from resolution.judgements import NOBODY, Verdicts
from resolution.linker import Progress, score
from resolution.matchers.terms import Matcher
from resolution.model import Model
from resolution.settling import settle
from resolution.store import keep_empty


@dataclass(frozen=True, slots=True)
class Settled:
    """What a change came to: its events as the feed gives them, and how many records were grouped again."""

    events: tuple[Event, ...]
    regrouped: int


def create(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    now: datetime,
    *,
    verdicts: Verdicts = NOBODY,
    progress: Progress | None = None,
) -> Model | None:
    """Train on the records of `input_<kind>` and settle them in an empty store; None where nothing can be compared."""
    kind = matcher.kind
    model = link(con, matcher, progress=progress).model
    if model is None:
        return None
    keep_empty(con, matcher, model)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE gone (unique_id VARCHAR);
        CREATE OR REPLACE TEMP TABLE replaced AS SELECT unique_id FROM prepared_{kind};
        CREATE OR REPLACE TEMP VIEW prepared_now AS FROM prepared_{kind};
        CREATE OR REPLACE TEMP TABLE touched AS FROM replaced;
        DROP TABLE IF EXISTS fresh_keys; ALTER TABLE keys_{kind} RENAME TO fresh_keys;
        CREATE OR REPLACE TEMP VIEW keys_now AS FROM fresh_keys;
        DROP TABLE IF EXISTS scored; ALTER TABLE pairs_{kind} RENAME TO scored;
        CREATE OR REPLACE TEMP TABLE arrived AS SELECT uid, known_from AS known FROM input_{kind}"""
    )
    _changed_verdicts(con, kind, verdicts)
    settle(con, matcher, model.filled, now, verdicts)
    return model


def update(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    model: Model,
    now: datetime,
    *,
    gone: Iterable[str] = (),
    verdicts: Verdicts = NOBODY,
) -> Settled:
    """Take in the records of `input_<kind>`, new or changed, and let go of the keys `gone`; `con` is from `attach`.

    `verdicts` are all that people said of the kind; records of which they said something new are looked at again.
    """
    arrive(con, matcher, model.filled, gone, verdicts)
    con.execute(
        """CREATE OR REPLACE TABLE involved AS FROM prepared_now SEMI JOIN (
            SELECT join_key_l AS unique_id FROM candidates UNION SELECT join_key_r FROM candidates) USING (unique_id)"""
    )
    if con.execute("SELECT 1 FROM candidates LIMIT 1").fetchall():
        score(con, model, "involved", "candidates", "scored")
        decide(con, matcher, model.filled, "scored", "involved")
    else:
        con.execute(f"CREATE OR REPLACE TABLE scored AS FROM store.pairs_{matcher.kind} LIMIT 0")
    first, regrouped = settle(con, matcher, model.filled, now, verdicts)
    rows = con.execute(
        "SELECT event, entities, records FROM store.events WHERE sequence >= ? ORDER BY sequence", [first]
    ).fetchall()
    return Settled(tuple(Event(event, tuple(ids), tuple(keys)) for event, ids, keys in rows), regrouped)


def arrive(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    filled: frozenset[str],
    gone: Iterable[str] = (),
    verdicts: Verdicts = NOBODY,
) -> None:
    """Prepare the records of `input_<kind>` and make `candidates`: the pairs that have to be scored anew."""
    kind = matcher.kind
    prepare(con, matcher)
    con.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS unique_id", [list(gone)])
    con.execute(f"CREATE OR REPLACE TEMP TABLE replaced AS SELECT unique_id FROM prepared_{kind} UNION FROM gone")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW prepared_now AS FROM store.prepared_{kind} ANTI JOIN replaced USING (unique_id) "
        f"UNION ALL BY NAME FROM prepared_{kind}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE arrived AS SELECT uid, known_from AS known FROM input_{kind}")
    write_keys(con, matcher, filled, f"prepared_{kind}", "fresh_keys")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW keys_now AS FROM store.keys_{kind} ANTI JOIN replaced USING (unique_id) "
        f"UNION ALL FROM fresh_keys"
    )
    _touch(con, matcher, filled, verdicts)
    _candidates(con, matcher, filled)


def _touch(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], verdicts: Verdicts) -> None:
    """Make `touched`, the records whose pairs may change, and `around`, the holders of keys that come or go."""
    kind = matcher.kind
    con.execute(
        f"CREATE OR REPLACE TABLE old_prepared AS FROM store.prepared_{kind} SEMI JOIN replaced USING (unique_id)"
    )
    write_keys(con, matcher, filled, "old_prepared", "old_keys")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE held AS FROM store.keys_{kind} SEMI JOIN
            (SELECT key FROM fresh_keys UNION SELECT key FROM old_keys) USING (key)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE around AS
        FROM held ANTI JOIN replaced USING (unique_id) UNION ALL FROM fresh_keys"""
    )
    _changed_verdicts(con, kind, verdicts)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE touched AS
        WITH counted AS (
            SELECT key, any_value(block) AS block, sum(was) AS was, sum(1 - was) AS stay FROM (
                SELECT key, block, 1 AS was FROM held UNION ALL SELECT key, block, 0 FROM around) GROUP BY key
        ), turned AS (SELECT key FROM counted WHERE (was > {cap_sql(matcher)}) <> (stay > {cap_sql(matcher)}))
        SELECT unique_id FROM prepared_{kind}
        UNION SELECT unique_id FROM around SEMI JOIN turned USING (key)
        UNION SELECT unique_id FROM (SELECT a AS unique_id FROM verdict_changed UNION SELECT b FROM verdict_changed)
            SEMI JOIN prepared_now USING (unique_id)"""
    )


def _changed_verdicts(con: duckdb.DuckDBPyConnection, kind: str, verdicts: Verdicts) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE verdict_now AS FROM store.verdict_{kind} LIMIT 0")
    said = [(*pair, "same") for pair in sorted(verdicts.same)]
    said += [(*pair, "different") for pair in sorted(verdicts.different)]
    if said:
        columns = [list(column) for column in zip(*said, strict=True)]
        con.execute("INSERT INTO verdict_now SELECT unnest(?), unnest(?), unnest(?)", columns)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE verdict_changed AS (FROM verdict_now EXCEPT FROM store.verdict_{kind})
            UNION (FROM store.verdict_{kind} EXCEPT FROM verdict_now)"""
    )


def _candidates(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str]) -> None:
    """Make `candidates`: pairs of a touched record and any other that share a key which is no hub."""
    near = "around"
    fresh = f"prepared_{matcher.kind}"
    if con.execute(f"SELECT 1 FROM touched ANTI JOIN {fresh} USING (unique_id) LIMIT 1").fetchall():
        con.execute("CREATE OR REPLACE TABLE touched_prepared AS FROM prepared_now SEMI JOIN touched USING (unique_id)")
        write_keys(con, matcher, filled, "touched_prepared", "touched_keys")
        near = "near"
        con.execute("CREATE OR REPLACE TEMP TABLE near AS FROM keys_now SEMI JOIN touched_keys USING (key)")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE candidates AS
        WITH open AS (SELECT * FROM {near} QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {cap_sql(matcher)}),
        mine AS (FROM open SEMI JOIN touched USING (unique_id))
        SELECT least(m.unique_id, o.unique_id) AS join_key_l, greatest(m.unique_id, o.unique_id) AS join_key_r,
            min(m.block)::VARCHAR AS match_key
        FROM mine m JOIN open o ON m.key = o.key AND m.unique_id <> o.unique_id GROUP BY 1, 2"""
    )
