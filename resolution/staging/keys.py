"""Keys and counts of one source: one row a key, what was left out, and fetched = staged + rejected + left out."""

from collections.abc import Mapping

from kg.errors import IntegrityError, SourceRefused
from resolution.database.connection import quoted
from resolution.records import Kind
from resolution.sources.mapping import Source
from resolution.staging.notices import Notice, first_of
from resolution.staging.session import Bench


def scalar(bench: Bench, statement: str, parameters: Mapping[str, object]) -> int:
    """The one whole number that a statement gives."""
    return int(bench.connection.execute(statement, dict(parameters)).fetchall()[0][0])


def note_left_out(bench: Bench, place: Mapping[str, str]) -> None:
    """Keeps the rows of `projected` that the mapping leaves out, and which record took the place of a merged one."""
    bench.connection.execute(
        """INSERT INTO new_left_out SELECT $s, $k, record_id, row_ref, left_out FROM projected
           WHERE left_out IS NOT NULL ORDER BY __n""",
        dict(place),
    )
    bench.connection.execute(
        """INSERT INTO new_redirects SELECT DISTINCT $s, $k, record_id, goes_to FROM (
             SELECT record_id, __merged_into AS goes_to FROM projected
             UNION ALL SELECT trim(unnest(__merged_ids)), record_id FROM projected)
           WHERE record_id IS NOT NULL AND record_id <> '' AND goes_to IS NOT NULL AND goes_to <> record_id""",
        dict(place),
    )


def keep_newest(bench: Bench, place: Mapping[str, str]) -> None:
    """Settles keys that stand more than once by the newest row; of equally new rows the last one counts.

    Older rows are left out; where the newest row itself is, so is the record. A row without a moment is
    older than any that has one.
    """
    connection = bench.connection
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE older AS SELECT n, newer FROM (
              SELECT p.__n AS n, first_value(p.row_ref) OVER same AS newer, row_number() OVER same AS i, p.left_out
              FROM projected p ANTI JOIN breached b ON b.n = p.__n
              WHERE p.record_id IS NOT NULL AND (p.left_out IS NOT NULL OR p.reject_reason IS NULL)
              WINDOW same AS (PARTITION BY p.record_id ORDER BY p.__newest DESC NULLS LAST, p.__n DESC))
           WHERE i > 1 AND left_out IS NULL"""
    )
    connection.execute(
        """INSERT INTO new_left_out SELECT $s, $k, p.record_id, p.row_ref, 'older than ' || o.newer || ' of the same id'
           FROM projected p JOIN older o ON o.n = p.__n ORDER BY p.__n""",
        dict(place),
    )
    connection.execute("DELETE FROM projected WHERE __n IN (SELECT n FROM older)")


def check_keys(bench: Bench, source: Source, kind: Kind, distinct: bool) -> None:
    """One row a key: rows repeated word for word become rejects, two different rows with one key stop the source.

    A `distinct` kind is named by many rows: the first known one stands for all.
    """
    connection, table = bench.connection, f"new_{kind.name}"
    fields = ", ".join(f"coalesce({quoted(f.name)}::VARCHAR, chr(0))" for f in kind.fields)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT rowid AS r, record_id, row_ref, first_value(row_ref) OVER same AS first_ref, row_number() OVER same
              AS i,
                   payload <> first_value(payload) OVER same AS differs
            FROM (SELECT rowid, record_id, row_ref, known_from, sha256(concat_ws(chr(31), {fields})) AS payload FROM
              {table}
                  WHERE source = $s AND record_id IN (SELECT record_id FROM {table} WHERE source = $s GROUP BY 1
                    HAVING count(*) > 1))
            WINDOW same AS (PARTITION BY record_id ORDER BY known_from NULLS LAST, rowid)""",
        {"s": source.name},
    )
    if distinct:
        bench.fetched[source.name, kind.name] -= scalar(bench, "SELECT count(*) FROM repeated WHERE i > 1", {})
        connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT r FROM repeated WHERE i > 1)")
        return
    clash = connection.execute(
        "SELECT record_id, first_ref, row_ref FROM repeated WHERE differs ORDER BY r LIMIT 1"
    ).fetchall()
    if clash:
        key, first, second = clash[0]
        raise SourceRefused(
            f"{second}: {kind.name} {key!r} already stands at {first} with other values; an id must be unique, "
            "correct id or the export, or say newest_by = the column that tells the newest row"
        )
    connection.execute(
        """INSERT INTO new_rejects SELECT $s, $k, record_id, row_ref, 'id', record_id, 'repeats ' || first_ref ||
          ' word for word: one is kept'
           FROM repeated WHERE i > 1 ORDER BY r""",
        {"s": source.name, "k": kind.name},
    )
    connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT r FROM repeated WHERE i > 1)")


def tell_differing(bench: Bench, source: str, kind: Kind, good: str) -> None:
    """Tells of how many ids `distinct` takes the first of several values."""
    told = ", ".join(f"count(DISTINCT p.{quoted(f.name)}) > 1 AS {quoted(f.name)}" for f in kind.fields)
    either = " OR ".join(quoted(f.name) for f in kind.fields)
    names = ", ".join(f"bool_or({quoted(f.name)})" for f in kind.fields)
    found = bench.connection.execute(
        f"SELECT count(*), min(record_id), {names} FROM (SELECT p.record_id, {told} {good} GROUP BY 1) WHERE {either}"
    ).fetchall()[0]
    if ids := found[0]:
        differ = first_of(f.name for f, differs in zip(kind.fields, found[2:], strict=True) if differs)
        bench.notices.append(
            Notice(
                "distinct",
                f"{ids} {kind.name} ids stand in rows that differ in {differ} (such as {found[1]!r}): distinct takes "
                "the row known first; newest_by = the column that tells the newest row takes that",
                source, kind.name, "", ids,
            )
        )  # fmt: skip


def count(bench: Bench, source: str, kind: str) -> None:
    """Notes fetched, staged, rejected and left out rows of one kind, and checks that nothing was lost on the way."""
    parameters = {"s": source, "k": kind}
    staged = scalar(bench, f"SELECT count(*) FROM new_{kind} WHERE source = $s", {"s": source})
    rejected = scalar(bench, "SELECT count(*) FROM new_rejects WHERE source = $s AND kind = $k", parameters)
    left_out = scalar(bench, "SELECT count(*) FROM new_left_out WHERE source = $s AND kind = $k", parameters)
    fetched = bench.fetched.get((source, kind), 0)
    if undated := scalar(
        bench, f"SELECT count(*) FROM new_{kind} WHERE source = $s AND known_from IS NULL", {"s": source}
    ):
        bench.undated.append((source, kind, undated))
    misread = "SELECT count(*) FROM new_misread WHERE source = $s AND kind = $k AND what = 'value'"
    bench.connection.execute(
        f"INSERT INTO new_fetched VALUES ($s, $k, $f, $n, $r, $l, ({misread}))",
        {**parameters, "f": fetched, "n": staged, "r": rejected, "l": left_out},
    )


def check_balance(bench: Bench) -> None:
    """Staged + rejected + left out = fetched, for every source and kind.

    Raises:
        IntegrityError: naming the first source and kind for which it does not hold.
    """
    for source, kind, fetched, staged, rejected, left_out in bench.connection.execute(
        "SELECT source, kind, fetched, staged, rejected, left_out FROM new_fetched ORDER BY ALL"
    ).fetchall():
        if fetched != staged + rejected + left_out:
            raise IntegrityError(
                f"source {source}, {kind}: fetched {fetched} rows, but staged {staged}, rejected {rejected} "
                f"and left out {left_out}"
            )
