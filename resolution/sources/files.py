"""Fetches rows as they are: finds files, cuts them into text columns, and keeps where each row stood.

`fetch` knows nothing of kinds. What stops a whole source (no file, no rows, wrong delimiter or encoding, a missing
column) is one SourceRefused sentence; a row that cannot be cut is a broken row with its place and reason.
"""

import csv
import fnmatch
import glob
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted
from resolution.sources.mapping import Reader, Section

TEXT_ENDS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
LINES_ENDS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
READABLE = (*TEXT_ENDS, *LINES_ENDS, ".parquet")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A raw table: column `__n` (order), `__place` (file:line), and the columns asked for, as text."""

    table: str
    columns: tuple[str, ...]
    broken: tuple[tuple[str, str, str], ...]
    """(place, line, reason) of rows that could not be cut into columns."""


def find(patterns: Sequence[str], folder: Path) -> list[Path]:
    """Files that the globs (or folders) name, sorted."""
    found: set[Path] = set()
    for pattern in patterns:
        path = folder / pattern
        if path.is_dir():
            found |= {p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(READABLE)}
        else:
            found |= {Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file()}
    return sorted(found)


def pick(files: Sequence[Path], match: Sequence[str]) -> list[Path]:
    """Those files whose name one of the patterns fits, blind to case."""
    return [f for f in files if any(fnmatch.fnmatch(f.name.lower(), m.lower()) for m in match)]


def columns_of(connection: duckdb.DuckDBPyConnection, path: Path, reader: Reader) -> list[str]:
    """Names of the columns of a file."""
    if path.name.lower().endswith(".parquet"):
        rows = connection.execute("SELECT * FROM read_parquet($f) LIMIT 0", {"f": str(path)})
        return [d[0] for d in rows.description or ()]
    if path.name.lower().endswith(LINES_ENDS):
        return _json_keys(connection, path)
    return _header(connection, path, reader)


def fetch(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    files: Sequence[Path],
    reader: Reader,
    wanted: Sequence[str],
    scratch: Path,
) -> Fetched:
    """Reads files into the raw table `name` with the columns `wanted`; a column that some file lacks is NULL there."""
    columns = ", ".join(f"{quoted(c)} VARCHAR" for c in wanted)
    connection.execute(
        f"CREATE OR REPLACE TABLE {quoted(name)} (__n BIGINT, __place VARCHAR{', ' + columns if columns else ''})"
    )
    broken: list[tuple[str, str, str]] = []
    start = 0
    for path in files:
        if path.stat().st_size == 0:
            raise SourceRefused(f"{path.name} is empty: export it again, or take it out of files")
        found = set(columns_of(connection, path, reader))
        select = ", ".join(f"CAST({quoted(c)} AS VARCHAR)" if c in found else "NULL" for c in wanted)
        select = ", " + select if select else ""
        if path.name.lower().endswith(".parquet"):
            _copy(
                connection,
                name,
                f"SELECT $s + file_row_number + 1, $f || ':' || (file_row_number + 1){select} "
                "FROM read_parquet($p, file_row_number = true)",
                {"s": start, "f": path.name, "p": str(path)},
            )
        elif path.name.lower().endswith(LINES_ENDS):
            broken += _fetch_lines(connection, name, path, list(wanted), start)
        else:
            broken += _fetch_text(connection, name, path, reader, select, start, scratch)
        count = connection.execute(f"SELECT coalesce(max(__n), 0) FROM {quoted(name)}").fetchall()[0][0]
        if count == start and not any(p.startswith(path.name) for p, _, _ in broken):
            raise SourceRefused(f"{path.name} has a header and no rows: export it again, or take it out of files")
        start = count
    return Fetched(name, tuple(wanted), tuple(broken))


def fetch_table(
    connection: duckdb.DuckDBPyConnection, name: str, address: str, folder: Path, wanted: Sequence[str] | None
) -> list[str]:
    """Reads a database table ('duckdb:path:table' or 'postgres:address:table') into the raw table `name`; gives its
    columns.
    """
    system, _, rest = address.partition(":")
    place, _, table = rest.rpartition(":")
    if system not in ("duckdb", "postgres") or not place or not table:
        raise SourceRefused(
            f"table = {address!r}: write 'duckdb:<path>:<table>' or 'postgres:<address>:<schema.table>'"
        )
    path = str(folder / place) if system == "duckdb" else place
    if system == "duckdb" and not Path(path).is_file():
        raise SourceRefused(f"{place}: no such DuckDB file, named in table = {address!r}")
    kind = "" if system == "duckdb" else ", TYPE postgres"
    try:
        if system == "postgres":
            connection.execute("LOAD postgres")
        connection.execute(f"ATTACH '{path.replace(chr(39), chr(39) * 2)}' AS outside (READ_ONLY{kind})")
    except duckdb.Error as error:
        remedy = " Install DuckDB's postgres extension, or export the table to Parquet." if system == "postgres" else ""
        raise SourceRefused(f"table = {address!r} cannot be opened: {str(error).splitlines()[0]}.{remedy}") from error
    try:
        full = "outside." + ".".join(quoted(part) for part in table.split("."))
        described = connection.execute(f"SELECT * FROM {full} LIMIT 0").description or ()
        found = [d[0] for d in described]
        select = ", ".join(f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}" for c in (wanted or []) if c in found)
        connection.execute(
            f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT row_number() OVER () AS __n, $t || ':' || "
            "row_number() OVER () AS __place"
            f"{', ' + select if select else ''} FROM {full}",
            {"t": table},
        )
    except duckdb.Error as error:
        raise SourceRefused(f"table = {address!r} cannot be read: {str(error).splitlines()[0]}") from error
    finally:
        connection.execute("DETACH outside")
    return found


def check_columns(section: Section, found: Sequence[str], where: str) -> None:
    """Refuses a source whose columns are not there, and says so if the delimiter looks wrong."""
    missing = [c for c, optional in section.columns() if not optional and c not in found]
    if not missing:
        return
    if len(found) == 1 and (
        other := next((d for d in (",", ";", "\t", "|") if d in found[0] and d != section.reader.delimiter), None)
    ):
        raise SourceRefused(
            f"{where} has one column {found[0][:60]!r}: its delimiter looks like {other!r}, not "
            f"{section.reader.delimiter!r}"
        )
    has = ", ".join(found[:30]) + (" …" if len(found) > 30 else "")
    raise SourceRefused(f"{where} has no column {missing[0]!r}, which [{section.kind}] reads; it has {has}")


def _copy(connection: duckdb.DuckDBPyConnection, name: str, select: str, parameters: dict[str, object]) -> None:
    connection.execute(f"INSERT INTO {quoted(name)} {select}", parameters)


def _header(connection: duckdb.DuckDBPyConnection, path: Path, reader: Reader) -> list[str]:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and not reader.encoding.lower().startswith("utf-16"):
        raise SourceRefused(f'{path.name} is UTF-16: set encoding = "utf-16", or save it as UTF-8')
    encoding = "utf-8-sig" if reader.encoding.lower() in ("utf-8", "utf8") else reader.encoding
    opened = gzip.open if path.name.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding=encoding, newline="") as text:
            header = next(csv.reader(text, delimiter=_delimiter(path, reader), quotechar=reader.quote), [])
    except (UnicodeDecodeError, OSError) as error:
        raise SourceRefused(
            f'{path.name} is not {reader.encoding}: set encoding, for example "cp1252", or save it as UTF-8'
        ) from error
    if not [h for h in header if h.strip()]:
        raise SourceRefused(f"{path.name} has no header: its first line must name the columns")
    seen: dict[str, int] = {}
    names = []
    for position, column in enumerate(header):
        plain = column.strip() or f"column {position + 1}"
        seen[plain] = seen.get(plain, 0) + 1
        names.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return names


def _delimiter(path: Path, reader: Reader) -> str:
    return "\t" if path.name.lower().endswith((".tsv", ".tsv.gz")) and reader.delimiter == "," else reader.delimiter


def _fetch_text(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, reader: Reader, select: str, start: int, scratch: Path
) -> list[tuple[str, str, str]]:
    source = path if reader.encoding.lower() in ("utf-8", "utf8") else _as_utf8(path, reader.encoding, scratch)
    header = _header(connection, path, reader)
    columns = "{" + ", ".join(f"'{c.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for c in header) + "}"
    connection.execute("DROP TABLE IF EXISTS broken_rows; DROP TABLE IF EXISTS broken_scans")
    spanned = " + ".join(
        f"coalesce(length({quoted(c)}) - length(replace({quoted(c)}, chr(10), '')), 0)" for c in header
    )
    try:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE fetched_now AS SELECT row_number() OVER () AS __i, {spanned} AS __extra, *
            FROM read_csv($p, auto_detect = false, header = true, all_varchar = true, columns = {columns}, delim = $d,
              quote = $q,
            escape = $q, null_padding = false, strict_mode = true, store_rejects = true, rejects_table = 'broken_rows',
            rejects_scan = 'broken_scans', max_line_size = 8000000)""",
            {"p": str(source), "d": _delimiter(path, reader), "q": reader.quote},
        )
    except duckdb.Error as error:
        raise SourceRefused(f"{path.name} cannot be cut into columns: {str(error).splitlines()[0]}") from error
    rejected = connection.execute(
        "SELECT line, min(csv_line), min(error_type), min(error_message) FROM broken_rows GROUP BY line ORDER BY line"
    ).fetchall()
    if any(kind == "INVALID ENCODING" for _, _, kind, _ in rejected):
        line = next(n for n, _, kind, _ in rejected if kind == "INVALID ENCODING")
        raise SourceRefused(
            f'{path.name}:{line} is not {reader.encoding}: set encoding, for example "cp1252", or save it as UTF-8'
        )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE placed AS {PLACED if rejected else STRAIGHT}")
    connection.execute(
        f"INSERT INTO {quoted(name)} SELECT $s + __i, $f || ':' || (record + before){select} FROM placed",
        {"s": start, "f": path.name},
    )
    broken = []
    for line, text, _, message in rejected:
        before = connection.execute(
            "SELECT coalesce(max(before + __extra), 0) FROM placed WHERE record < $l", {"l": line}
        ).fetchall()[0][0]
        broken.append((f"{path.name}:{line + before}", text.strip()[:200], f"cannot be cut into columns: {message}"))
    connection.execute("DROP TABLE fetched_now; DROP TABLE placed")
    return broken


# DuckDB numbers broken rows by record, header and blank lines included; a good row's own number is the gaps left
# between them. Line breaks inside earlier values move it down further.
BEFORE = (
    "coalesce(sum(__extra) OVER (ORDER BY __i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS before"
)
STRAIGHT = f"SELECT *, 1 + __i AS record, {BEFORE} FROM fetched_now"
PLACED = f"""SELECT f.*, 1 + __i + coalesce(b.broken, 0) AS record, {BEFORE} FROM fetched_now f ASOF LEFT JOIN (
    SELECT line - i + 1 AS gap, max(i) AS broken
    FROM (SELECT line, row_number() OVER (ORDER BY line) AS i FROM (SELECT DISTINCT line FROM broken_rows)) GROUP BY
      1) b ON 1 + f.__i >= b.gap"""


def _as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    target = scratch / f"{path.name}.utf8.csv"
    try:
        with (
            path.open("r", encoding=encoding, newline="") as old,
            target.open("w", encoding="utf-8", newline="") as new,
        ):
            while block := old.read(1 << 20):
                new.write(block)
    except UnicodeDecodeError as error:
        raise SourceRefused(f"{path.name} is not {encoding}: set encoding, or save it as UTF-8") from error
    return target


LINES = (
    "read_csv($p, auto_detect = false, header = false, columns = {'j': 'VARCHAR'}, delim = chr(1), quote = '', "
    "escape = '', "
    "max_line_size = 8000000)"
)


def _json_keys(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(j)) AS key FROM (SELECT j FROM {LINES} WHERE CASE WHEN json_valid(j) "
        "THEN json_type(j) = 'OBJECT' ELSE false END) ORDER BY key",
        {"p": str(path)},
    ).fetchall()
    return [key for (key,) in keys]


def _fetch_lines(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, wanted: Sequence[str], start: int
) -> list[tuple[str, str, str]]:
    select = "".join(f", json_extract_string(j, $c{i})" for i in range(len(wanted)))
    keys = {f"c{i}": f'$."{c}"' for i, c in enumerate(wanted)}
    numbered = f"(SELECT row_number() OVER () AS i, j FROM {LINES})"
    good = "CASE WHEN json_valid(j) THEN json_type(j) = 'OBJECT' ELSE false END"
    connection.execute(
        f"INSERT INTO {quoted(name)} SELECT $s + i, $f || ':' || i{select} FROM {numbered} WHERE {good}",
        {"s": start, "f": path.name, "p": str(path), **keys},
    )
    bad = connection.execute(
        f"SELECT i, j FROM {numbered} WHERE coalesce(trim(j), '') <> '' AND NOT ({good})", {"p": str(path)}
    ).fetchall()
    return [(f"{path.name}:{i}", line[:200], "is no JSON object on one line") for i, line in bad]
