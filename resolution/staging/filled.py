"""How well each field is filled: what a dry run shows of every kind that a source stages."""

from collections.abc import Iterator

from resolution.database.connection import quoted
from resolution.kinds import BY_NAME
from resolution.staging.report import FieldFilled, OwnColumn
from resolution.staging.session import Bench

SHOWN = 5


def fields_filled(bench: Bench, source: str, kind: str) -> Iterator[FieldFilled]:
    """The fields of a kind that the source fills, in their order."""
    table, names = f"out.staged_{kind}", [field.name for field in BY_NAME[kind].fields]
    texts = ", ".join(f"{quoted(name)}::VARCHAR AS {quoted(name)}" for name in names)
    records = bench.connection.execute(f"SELECT count(*) FROM {table} WHERE source = $s", {"s": source}).fetchall()
    rows = bench.connection.execute(
        f"""WITH said AS (UNPIVOT (SELECT {texts} FROM {table} WHERE source = $s) ON * INTO NAME field VALUE value),
                 counted AS (SELECT field, value, count(*) AS n FROM said GROUP BY ALL)
            SELECT field, sum(n)::BIGINT, count(*), min(value), max(value), list(value ORDER BY n DESC, value)[:{SHOWN}]
            FROM counted GROUP BY field""",
        {"s": source},
    ).fetchall()
    for field, filled, distinct, least, greatest, frequent in sorted(rows, key=lambda row: names.index(row[0])):
        yield FieldFilled(source, kind, field, records[0][0], filled, distinct, least, greatest, tuple(frequent))


def own_columns(bench: Bench) -> Iterator[OwnColumn]:
    """The columns of the user's own, best filled first within their kind."""
    rows = bench.connection.execute(
        "SELECT kind, name, type, filled, levels, feature, why FROM out.attributes ORDER BY kind, filled DESC, name"
    ).fetchall()
    yield from (OwnColumn(*row) for row in rows)
