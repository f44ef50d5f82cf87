"""Brings what was just staged together with the earlier staging, and writes the tables that everyone reads.

References by name or e-mail are found, values that did not change keep the moment at which they were first known, a
vanished record is closed, a difference of a tracked field becomes a `change` record. Each table is written in the
order of (source, record_id), so equal input gives equal tables.
"""

from datetime import datetime

from resolution.database.connection import quoted, texts_sql
from resolution.kinds import KINDS
from resolution.records import FIXED, Kind
from resolution.staging.absence import ENDED, SNAPSHOT
from resolution.staging.references import resolve_references, tell_dangling
from resolution.staging.session import Bench

FALLBACK = "TIMESTAMP '1970-01-01'"


def living(bench: Bench) -> tuple[Kind, ...]:
    """Kinds that this run or an earlier one has any record of; the rest needs no work."""
    names = [k.name for k in KINDS]
    counted = ", ".join(f"EXISTS (SELECT 1 FROM new_{n}) OR EXISTS (SELECT 1 FROM old_{n})" for n in names)
    found = bench.connection.execute(f"SELECT {counted}").fetchall()[0]
    return tuple(k for k, alive in zip(KINDS, found, strict=True) if alive)


def complete(bench: Bench, kinds: tuple[Kind, ...]) -> None:
    """Fills in what one record tells about another: references by name, associations, reps by e-mail, old values."""
    resolve_references(bench, kinds)
    alive = {k.name for k in kinds}
    if "association" in alive:
        _associate(bench, alive)
    if "history" in alive:
        _settle_by_history(bench)
    tell_dangling(bench, kinds)
    bench.connection.execute(
        """UPDATE new_activity AS a SET rep = r.rep, rep__known = coalesce(a.rep_email__known, a.rep__known) FROM (
             SELECT lower(email) AS email, min(source || ':' || record_id) AS rep FROM everyone_rep WHERE email IS NOT
               NULL GROUP BY 1) r
           WHERE a.rep IS NULL AND lower(a.rep_email) = r.email"""
    )
    bench.connection.execute(
        """UPDATE new_change AS c SET old = b.before, old__known = c.new__known FROM (
             SELECT rowid AS r, lag(new) OVER (PARTITION BY "of", of_kind, field ORDER BY "at", record_id) AS before
               FROM new_change) b
           WHERE b.r = c.rowid AND c.old IS NULL AND b.before IS NOT NULL"""
    )


def pool(bench: Bench, refused: list[str]) -> None:
    """Views `everyone_<kind>`: what this run staged, and earlier records that stay although it did not stage them."""
    names = texts_sql(refused) or "NULL"
    for kind in KINDS:
        here = f"x.source = o.source AND x.kind = '{kind.name}'"
        bench.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW everyone_{kind.name} AS SELECT * FROM new_{kind.name}
                UNION ALL BY NAME SELECT * FROM old_{kind.name} o WHERE source IN ({names}) OR (
                  o.known_to IS NULL AND (EXISTS (SELECT 1 FROM partial_sections x WHERE {here})
                    OR EXISTS (SELECT 1 FROM lost_files x WHERE {here} AND (x.file IS NULL
                      OR x.file = regexp_replace(o.row_ref, ':[0-9]+$', ''))))
                  AND NOT EXISTS (SELECT 1 FROM new_{kind.name} n WHERE n.source = o.source
                    AND n.record_id = o.record_id)
                  AND NOT EXISTS (SELECT 1 FROM new_left_out x WHERE {here} AND x.record_id = o.record_id))"""
        )


def _associate(bench: Bench, alive: set[str]) -> None:
    """Fills references that a system keeps in a table of associations; the earliest known one counts."""
    for kind, field, to_kind in (
        ("deal", "account", "account"), ("deal", "contact", "contact"), ("deal", "lead", "lead"), ("contact",
            "account", "account"),
        ("activity", "deal", "deal"), ("activity", "account", "account"), ("activity", "lead", "lead"), ("ticket",
            "account", "account"),
    ):  # fmt: skip
        if kind not in alive:
            continue
        bench.connection.execute(
            f"""UPDATE new_{kind} AS x SET {field} = a."to", {field}__known = coalesce(a.to__known, x.{field}__known)
              FROM (
                  SELECT "of", arg_min("to", ("to__known", record_id)) AS "to", min("to__known") AS to__known FROM
                    everyone_association
                  WHERE of_kind = '{kind}' AND to_kind = '{to_kind}' GROUP BY 1) a
                WHERE x.{field} IS NULL AND a."of" = x.source || ':' || x.record_id"""
        )
    bench.connection.execute(
        """INSERT INTO new_participant BY NAME
           SELECT source, record_id, row_ref, known_from, "of" AS activity, of__known AS activity__known, "to" AS
             contact,
                  to__known AS contact__known, to__known AS email__known
           FROM new_association WHERE of_kind = 'activity' AND to_kind = 'contact'"""
    )


def _settle_by_history(bench: Bench) -> None:
    """A closing that the stage history dates was known then, not when the row was last touched; an open date may
    stand there too.
    """
    bench.connection.execute(
        """UPDATE new_deal AS d SET stage__known = least(d.stage__known, h.known_from), state__known =
          least(d.state__known, h.known_from),
             stage_order__known = least(d.stage_order__known, h.known_from), closed_at = least(coalesce(d.closed_at,
               h."at"), h."at"),
             closed_at__known = least(d.closed_at__known, h.known_from), known_from = least(d.known_from, h.known_from)
           FROM (SELECT "of", state, "at", known_from FROM new_history WHERE state IS NOT NULL
                 QUALIFY row_number() OVER (PARTITION BY "of" ORDER BY "at" DESC, record_id DESC) = 1) h
           WHERE h."of" = d.source || ':' || d.record_id AND d.state IN ('won', 'lost') AND h.state = d.state;
           UPDATE new_deal AS d SET opened_at = h."at", opened_at__known = h.known_from FROM (
             SELECT "of", min("at") AS "at", min(known_from) AS known_from FROM new_history GROUP BY 1) h
           WHERE h."of" = d.source || ':' || d.record_id AND d.opened_at IS NULL"""
    )


def newest(bench: Bench, kinds: tuple[Kind, ...], refused: list[str]) -> datetime:
    """Now, as the data have it: the newest moment at which anything staged was known; the ingest if nothing says."""
    moments: list[datetime] = []
    for kind in kinds:
        latest = ", ".join(
            f"max(CASE WHEN {quoted(f.name)} IS NOT NULL THEN {quoted(f.name + '__known')} END)" for f in kind.fields
        )
        rows = bench.connection.execute(f"SELECT {latest} FROM new_{kind.name}").fetchall()
        moments += [m for m in rows[0] if m is not None]
    for source, kind, _, moment in bench.connection.execute(
        "SELECT source, kind, digest, newest FROM old_sections"
    ).fetchall():
        same = bench.connection.execute(
            "SELECT count(*) FROM new_sections n JOIN old_sections o USING (source, kind, digest) WHERE source = "
            "$s AND kind = $k",
            {"s": source, "k": kind},
        ).fetchall()[0][0]
        if moment is not None and (same or source in refused):
            moments.append(moment)
    return max(moments, default=bench.now)


def merge(bench: Bench, kind: Kind, now: datetime) -> None:
    """Makes `final_<kind>` from the new rows and the earlier ones."""
    refusing = {"now": now}
    fields = [f.name for f in kind.fields]
    values = ", ".join(f"n.{quoted(f)}, {_known(f)} AS {quoted(f + '__known')}" for f in fields)
    hashed = ", ".join(f"coalesce(n.{quoted(f)}::VARCHAR, chr(0))" for f in fields)
    bench.connection.execute(
        f"""CREATE TABLE final_{kind.name} AS
            SELECT n.source, n.record_id, n.row_ref, sha256(concat_ws(chr(31), {hashed})) AS payload_hash,
                   CASE WHEN {_seen()} THEN least(o.known_from, coalesce(n.known_from, $now)) ELSE
                     coalesce(n.known_from, $now) END AS known_from,
                   NULL::TIMESTAMP AS known_to, {values}
            FROM new_{kind.name} n LEFT JOIN old_{kind.name} o ON o.source = n.source AND o.record_id = n.record_id
            LEFT JOIN same_sections s ON s.source = n.source AND s.kind = '{kind.name}'""",
        refusing,
    )
    ended = ", ".join(f"'{why}'" for why in ENDED)
    gone = f"coalesce(o.known_to, CASE WHEN g.why IN ({ended}) THEN greatest($now, o.known_from) END)"
    rest = ", ".join(f"o.{quoted(c)}" for c, _ in kind.columns[len(FIXED) :])
    bench.connection.execute(
        f"""INSERT INTO final_{kind.name}
            SELECT o.source, o.record_id, o.row_ref, o.payload_hash, o.known_from, {gone}, {rest}
            FROM old_{kind.name} o JOIN gone_{kind.name} g USING (source, record_id)""",
        refusing,
    )
    if kind.tracked and kind.name != "change":
        _differences(bench, kind, now)


def _seen() -> str:
    """The record was staged before, under the same mapping, and was not closed."""
    return "(o.record_id IS NOT NULL AND s.source IS NOT NULL AND o.known_to IS NULL)"


def _known(field: str) -> str:
    """When a value was first known: as before while it stays the same; a changed value cannot be known before now."""
    new, old, known = f"n.{quoted(field)}", f"o.{quoted(field)}", quoted(field + "__known")
    stamped = f"coalesce(n.{known}, $now)"
    return (
        f"CASE WHEN NOT {_seen()} THEN {stamped} WHEN {new} IS NOT DISTINCT FROM {old} THEN o.{known} "
        f"WHEN {stamped} > o.{known} THEN {stamped} ELSE greatest($now, o.{known}) END"
    )


def _differences(bench: Bench, kind: Kind, now: datetime) -> None:
    """Differences of tracked fields between the earlier staging and this one, as change records (the value before,
    too).
    """
    for field in kind.tracked:
        known = quoted(field + "__known")
        bench.connection.execute(
            f"""INSERT INTO snapshot_change
                SELECT n.source, n.source || ':' || n.record_id, '{kind.name}', '{field}', o.{quoted(field)}::VARCHAR,
                  o.{known},
                       n.{quoted(field)}::VARCHAR, n.{known}
                FROM final_{kind.name} n JOIN old_{kind.name} o ON o.source = n.source AND o.record_id = n.record_id
                JOIN same_sections s ON s.source = n.source AND s.kind = '{kind.name}'
                WHERE n.known_to IS NULL AND o.known_to IS NULL AND n.{quoted(field)} IS DISTINCT FROM
                  o.{quoted(field)}"""
        )


def changes_of_snapshots(bench: Bench) -> None:
    """Adds snapshot differences to the new change records, unless the source tells of them itself."""
    bench.connection.execute(
        f"""INSERT INTO new_change BY NAME
            SELECT source, '{SNAPSHOT}-' || sha256(concat_ws(chr(31), "of", field, "at"::VARCHAR, coalesce(new,
              chr(0))))[1:16] AS record_id,
                   '{SNAPSHOT}' AS row_ref, "at" AS known_from, "of", "at" AS of__known, of_kind, "at" AS
                     of_kind__known, field, "at" AS field__known,
                   old, "at" AS old__known, new, "at" AS new__known, "at", "at" AS at__known
            FROM (SELECT source, "of", of_kind, field, NULL AS old, old AS new, old_at AS "at" FROM snapshot_change
              WHERE old IS NOT NULL
                  UNION SELECT source, "of", of_kind, field, old, new, new_at FROM snapshot_change) d
            WHERE NOT EXISTS (SELECT 1 FROM everyone_change c WHERE c."of" = d."of" AND c.field = d.field AND c.new IS
              NOT DISTINCT FROM d.new)
              AND NOT EXISTS (SELECT 1 FROM old_change c WHERE c."of" = d."of" AND c.field = d.field AND c."at" = d."at"
                              AND c.new IS NOT DISTINCT FROM d.new)"""
    )


def write(bench: Bench, kinds: tuple[Kind, ...], now: datetime, refused: list[str]) -> None:
    """Writes the staged tables, rejects, counts and the state that the next staging compares with into `out`."""
    connection = bench.connection
    for kind in KINDS:
        if kind not in kinds:
            typed = ", ".join(f"{quoted(c)} {sql}" for c, sql in kind.columns)
            connection.execute(f"CREATE TABLE out.{kind.table} ({typed})")
            continue
        columns = ", ".join(quoted(c) for c, _ in kind.columns)
        connection.execute(
            f"CREATE TABLE out.{kind.table} AS SELECT {columns} FROM final_{kind.name} ORDER BY source, record_id"
        )
    names = texts_sql(refused) or "''"
    news = {
        "rejects": "(SELECT *, 'row' AS what FROM new_rejects UNION ALL SELECT source, kind, record_id, place, field, "
        "value, why, 'value' FROM new_misread WHERE what = 'value')",
        "left_out": "new_left_out",
        "fetched": "new_fetched",
        "placeholders": "(SELECT * FROM new_placeholders UNION ALL SELECT o.* FROM old_placeholders o ANTI JOIN "
        f"new_placeholders n USING (source, kind, field, value) WHERE o.source NOT IN ({names}))",
    }
    connection.execute("CREATE TABLE out.redirects AS SELECT * FROM all_redirects ORDER BY ALL")
    for table, new in news.items():
        connection.execute(
            f"CREATE TABLE out.{table} AS SELECT * FROM {new} UNION ALL SELECT * FROM old_{table} WHERE "
            f"source IN ({names}) ORDER BY ALL"
        )
    connection.execute(
        f"""CREATE TABLE out.sections AS SELECT source, kind, digest, newest FROM old_sections WHERE source IN ({names})
            UNION ALL SELECT source, kind, digest, $now FROM new_sections WHERE source NOT IN ({names}) ORDER BY
              source, kind""",
        {"now": now},
    )
    connection.execute("CREATE TABLE out.meta (key VARCHAR, value VARCHAR)")
    connection.execute(
        "INSERT INTO out.meta VALUES ('now', $now), ('currency', $currency)",
        {"now": now.isoformat(sep=" "), "currency": bench.workspace.currency},
    )
