"""What staging read in a way to tell: values rejected, emptied, read as bands, or taken as the first of several.

A rejected value costs itself, not its row: a row for it goes into the rejects, and an earlier good value stays.
"""

from collections.abc import Iterator, Sequence

import duckdb
import pandas as pd

from resolution.database.connection import quoted, text_sql
from resolution.kinds import BY_NAME
from resolution.normalise.placeholders import SUBJECTS, Subject, find_placeholders, subject_among
from resolution.records import Form
from resolution.sources.mapping import Section
from resolution.staging.contract import Breach, breaches
from resolution.staging.session import Bench

TABLES = """
    CREATE TABLE new_misread (source VARCHAR, kind VARCHAR, record_id VARCHAR, place VARCHAR, what VARCHAR,
                              field VARCHAR, value VARCHAR, why VARCHAR);
    CREATE TABLE new_placeholders (source VARCHAR, kind VARCHAR, field VARCHAR, value VARCHAR, records BIGINT,
                                   why VARCHAR)"""
TOP = 3


def doubtful_columns(connection: duckdb.DuckDBPyConnection, raw: str, section: Section) -> frozenset[str]:
    """Columns whose numbers are partly written with the other decimal mark, so that 1.234 could be either."""
    own, other = section.reader.decimal, "," if section.reader.decimal == "." else "."
    o, w = f"[{other}]", f"[{own}]"
    sign = (
        f"(^|[^0-9.,])([0-9]{{1,3}}({w}[0-9]{{3}})*{o}([0-9]{{1,2}}|[0-9]{{4,}})|[0-9]{{4,}}{o}[0-9]+|0{o}[0-9]+|"
        f"[0-9]{{1,3}}({w}[0-9]{{3}})+{o}[0-9]+)([^0-9.,]|$)"
    )
    columns = number_columns(section)
    have = {d[0] for d in connection.execute(f"SELECT * FROM {quoted(raw)} LIMIT 0").description or ()}
    columns = [c for c in columns if c in have]
    if not columns:
        return frozenset()
    seen = ", ".join(f"bool_or(regexp_matches({quoted(c)}, $sign))" for c in columns)
    found = connection.execute(f"SELECT {seen} FROM {quoted(raw)}", {"sign": sign}).fetchall()[0]
    return frozenset(c for c, is_so in zip(columns, found, strict=True) if is_so)


def number_columns(section: Section) -> list[str]:
    """Columns that a section reads as numbers."""
    kind = BY_NAME[section.kind]
    forms = {name: kind.by_name[name].form for name in section.values}
    return sorted(
        {c for name, v in section.values.items() if forms[name] in (Form.NUMBER, Form.INTEGER) for c in v.columns}
    )


def mark_breaches(bench: Bench, section: Section) -> None:
    """Checks `projected` against the contract: rows to reject go into `breached`, other bad values are emptied."""
    connection, kind = bench.connection, BY_NAME[section.kind]
    needed = {f.name for f in kind.fields if f.required} | {"id", "known_at"}
    found = list(breaches(connection, "projected", kind, bench.now, bench.chunk))
    rows: dict[int, Breach] = {}
    for breach in (b for b in found if b.field in needed):
        rows.setdefault(breach.n, breach)
    connection.execute("CREATE OR REPLACE TABLE breached (n BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR)")
    _insert(connection, "breached", list(rows.values()))
    values = [b for b in found if b.field not in needed and b.n not in rows]
    connection.execute("CREATE OR REPLACE TEMP TABLE out_of_bounds AS SELECT * FROM breached LIMIT 0")
    _insert(connection, "out_of_bounds", values)
    for field in dict.fromkeys(b.field for b in values):
        connection.execute(
            f"UPDATE projected AS p SET {quoted(field)} = NULL, "
            "misread = list_append(coalesce(p.misread, []), {'what': 'value', 'field': b.field, "
            "'value': b.value, 'why': b.reason}) FROM out_of_bounds b WHERE b.n = p.__n AND b.field = $f",
            {"f": field},
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, found: Sequence[Breach]) -> None:
    frame = pd.DataFrame([(b.n, b.field, b.value, b.reason) for b in found], columns=["n", "field", "value", "reason"])
    connection.register("breached_rows", frame.astype({"n": "int64", "field": "str", "reason": "str"}))
    connection.execute(f"INSERT INTO {table} SELECT n, field, CAST(value AS VARCHAR), reason FROM breached_rows")
    connection.unregister("breached_rows")


def keep_misread(bench: Bench, source: str, kind: str) -> None:
    """Notes what was misread in the rows of `projected` that are staged."""
    values = {"s": source, "k": kind}
    bench.connection.execute(
        """INSERT INTO new_misread SELECT $s, $k, record_id, row_ref, m.what, m.field, m.value, m.why FROM (
             SELECT p.__n, p.record_id, p.row_ref, unnest(p.misread) AS m
             FROM projected p ANTI JOIN breached b ON b.n = p.__n
             WHERE p.left_out IS NULL AND p.reject_reason IS NULL AND len(p.misread) > 0) ORDER BY __n""",
        values,
    )


def keep_earlier_values(bench: Bench) -> None:
    """Where a value cannot be read now and was before, the earlier one stays: a slip of a file wipes nothing."""
    rows = bench.connection.execute(
        "SELECT DISTINCT kind, field FROM new_misread WHERE what = 'value' ORDER BY ALL"
    ).fetchall()
    for kind, field in rows:
        if field not in BY_NAME[kind].by_name:
            continue
        fields = ("stage", "stage_order", "state") if field == "stage" and kind == "deal" else (field,)
        sets = ", ".join(
            f"{quoted(c)} = coalesce(n.{quoted(c)}, o.{quoted(c)})" for f in fields for c in (f, f"{f}__known")
        )
        bench.connection.execute(
            f"""UPDATE new_{kind} AS n SET {sets} FROM old_{kind} AS o JOIN new_misread m
                  ON m.source = o.source AND m.record_id = o.record_id AND m.kind = $k AND m.field = $f
                WHERE m.what = 'value' AND o.known_to IS NULL AND n.source = o.source AND n.record_id = o.record_id""",
            {"k": kind, "f": field},
        )


def blank_placeholders(bench: Bench) -> None:
    """Empties values that stand for nothing in what identifies records; what was found earlier stays found."""
    connection, workspace = bench.connection, bench.workspace
    for kind in SUBJECTS:
        subject = subject_among(kind, BY_NAME[kind].by_name)
        sources = connection.execute(f"SELECT DISTINCT source FROM new_{kind} ORDER BY 1").fetchall()
        for (source,) in sources:
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW placeholder_rows AS SELECT * FROM new_{kind} "
                f"WHERE source = {text_sql(source)}"
            )
            found = find_placeholders(
                connection, "placeholder_rows", subject, also=workspace.placeholders, keep=workspace.keep
            )
            connection.executemany(
                "INSERT INTO new_placeholders VALUES (?, ?, ?, ?, ?, ?)",
                [(source, kind, p.column, p.value, p.rows, p.why) for p in found],
            ) if found else None
        connection.execute("DROP VIEW IF EXISTS placeholder_rows")
        _blank(bench, kind, subject)


def _blank(bench: Bench, kind: str, subject: Subject) -> None:
    kept = [v.strip().lower() for v in bench.workspace.keep]
    for column in subject.columns:
        bench.connection.execute(
            f"""UPDATE new_{kind} AS n SET {quoted(column)} = NULL FROM (
                  SELECT source, value FROM new_placeholders WHERE kind = $k AND field = $f
                  UNION SELECT source, value FROM old_placeholders WHERE kind = $k AND field = $f
                    AND NOT list_contains($kept::VARCHAR[], value)) p
                WHERE p.source = n.source AND lower(trim(n.{quoted(column)})) = p.value""",
            {"k": kind, "f": column, "kept": kept},
        )


def told(bench: Bench) -> Iterator[str]:
    """A sentence for each field with values rejected, emptied, read as bands or cut to the first, with examples."""
    sentences = {
        "value": "cannot be read and stay empty",
        "blank": "say that there is no value and stay empty",
        "band": "are bands, read by the rule of band",
        "first": "hold several addresses: the first counts",
    }
    rows = bench.connection.execute(
        f"""SELECT source, kind, field, what, sum(n), list(value ORDER BY n DESC, value)[1:{TOP}],
              arg_max(place, n), arg_max(why, n)
            FROM (SELECT source, kind, field, what, value, count(*) AS n, min(place) AS place, min(why) AS why
                  FROM new_misread GROUP BY ALL) GROUP BY 1, 2, 3, 4 ORDER BY what <> 'value', 5 DESC, 1, 2, 3"""
    ).fetchall()
    for source, kind, field, what, count, examples, place, why in rows:
        total = bench.fetched.get((source, kind), 0)
        shown = ", ".join(repr(v) for v in examples)
        end = f"; {place}: {why}" if what == "value" else ""
        yield f"source {source}: {count} of {total} values of {kind} {field} {sentences[what]} ({shown}{end})"
    for source, kind, field, count, values, example, why in bench.connection.execute(
        f"""SELECT source, kind, field, sum(records), count(*), list(value ORDER BY records DESC, value)[1:{TOP}],
              arg_max(why, records) FROM new_placeholders GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"""
    ).fetchall():
        shown = ", ".join(repr(v) for v in example)
        more = f" and {values - len(example)} more" if values > len(example) else ""
        yield (
            f"source {source}: {count} {kind} records have a placeholder as {field}, which stays empty: {shown}{more} "
            f"({why}); keep = [...] under [workspace] keeps a value"
        )
    for source, kind, count, why in bench.connection.execute(
        "SELECT source, kind, count(*), reason FROM new_left_out GROUP BY 1, 2, 4 ORDER BY 1, 2, 3 DESC, 4"
    ).fetchall():
        yield f"source {source}: {count} {kind} rows are {why}"
