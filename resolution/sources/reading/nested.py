"""Opens JSON (arrays, lines) and Parquet: values are named by their paths (`name.firstName`, `emails.0`).

A column that is an object is refused with the paths inside it; several values of one path are joined by `; `.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted, text_sql
from resolution.sources.mapping import Reader
from resolution.sources.reading.encoding import as_utf8, decide
from resolution.sources.reading.header import plain
from resolution.sources.reading.load import Place
from resolution.sources.reading.opened import Opened
from resolution.sources.reading.shapes import Shape
from resolution.sources.reading.unpack import Part

JOINED = "; "
LINES = (
    "read_csv($p, auto_detect = false, header = false, columns = {'j': 'VARCHAR'}, delim = chr(1), quote = '', "
    "escape = '', max_line_size = 8000000)"
)
OBJECT = "CASE WHEN json_valid(j) THEN json_type(j) = 'OBJECT' ELSE false END"
WHOLE = r"-?\d+\.0+"
LIST = "[]"
"""Key under which the tree of a value's parts holds what the elements of a list are."""
NUMBERS = ("double", "float", "decimal")
SCALAR: Mapping[str, Any] = {}


def open_json(connection: duckdb.DuckDBPyConnection, part: Part, reader: Reader, scratch: Path) -> Opened:
    """Opens JSON lines, an array of objects, or an object that holds one such array.

    Raises:
        SourceRefused: it is no JSON, holds no objects, or several arrays.
    """
    decision = decide(part.path, part.name, reader.encoding)
    path = part.path
    if decision.encoding != "utf-8":
        path = scratch / f"{len(list(scratch.iterdir()))}-utf8.json"
        as_utf8(part.path, decision.encoding, path)
    opened = Opened(part.name, part.shape, path, replace(reader, encoding=decision.encoding))
    if decision.evidence:
        opened.notes.append(f"{part.name} {decision.evidence}")
    if part.shape is Shape.JSON:
        opened.path = _as_lines(opened, scratch)
    found = connection.execute(
        f"SELECT json_group_structure(TRY_CAST(j AS JSON)) FROM (SELECT j FROM {LINES}) WHERE {OBJECT}",
        {"p": str(opened.path)},
    ).fetchall()
    if found[0][0] is None:
        raise SourceRefused(f"{part.name} holds no JSON objects: give one object a row, on lines or in an array")
    opened.tree = _tree_of_structure(json.loads(found[0][0]))
    opened.columns = tuple(_leaves(opened.tree))
    opened.numbers = frozenset(_numbers(json.loads(found[0][0])))
    return opened


def _numbers(structure: Any, path: str = "") -> Iterator[str]:
    """Paths of values that are numbers in every row."""
    if isinstance(structure, dict):
        for key, inner in structure.items():
            yield from _numbers(inner, f"{path}.{key}" if path else key)
    elif structure in ("DOUBLE", "BIGINT", "UBIGINT", "HUGEINT"):
        yield path


def fetch_json(
    connection: duckdb.DuckDBPyConnection, place: Place, opened: Opened, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Appends the values at the paths `columns`; gives (place, text, reason) of lines that are no object."""
    numbered = f"(SELECT row_number() OVER () AS i, j FROM {LINES})"
    paths = {f"c{i}": _json_path(opened, c) for i, c in enumerate(columns)}
    _refuse_objects(connection, opened, columns, paths, numbered)
    marks = ["." if c in opened.numbers else opened.reader.decimal for c in columns]
    select = "".join(f", {_json_value(k, path, mark)}" for (k, path), mark in zip(paths.items(), marks, strict=True))
    connection.execute(
        f"INSERT INTO {place.target} SELECT $s + i, $f || ':' || i{select} FROM {numbered} WHERE {OBJECT}",
        {"s": place.start, "f": opened.name, "p": str(opened.path), **paths},
    )
    bad = connection.execute(
        f"SELECT i, j FROM {numbered} WHERE coalesce(trim(j), '') <> '' AND NOT ({OBJECT})", {"p": str(opened.path)}
    ).fetchall()
    what = "is no JSON object" if opened.shape is Shape.JSON else "is no JSON object on one line"
    return [(f"{opened.name}:{i}", line[:200], what) for i, line in bad]


def resolve_paths(opened: Opened, wanted: Sequence[str]) -> tuple[str, ...]:
    """The columns of a nested file, with those wanted paths that lead into a list (`emails.0`) or to an object."""
    have = {plain(c) for c in opened.columns}
    more = [w for w in wanted if plain(w) not in have and _walk(opened.tree, w) is not None]
    return (*opened.columns, *dict.fromkeys(more))


def check_nested(opened: Opened, name: str, column: str) -> None:
    """Refuses a path whose value is an object or a list of objects, naming the paths inside.

    Raises:
        SourceRefused: with those paths.
    """
    found = _walk(opened.tree, column)
    tree = found[1] if found else SCALAR
    if tree.get(LIST):
        tree, column = tree[LIST], f"{column}.0"
    if tree and set(tree) != {LIST}:
        inside = ", ".join(f"{column}.{leaf}" for leaf in islice(_leaves(tree), 6))
        raise SourceRefused(f"{opened.name}: {name!r} is an object, not one value; name what is inside it: {inside}")


def _as_lines(opened: Opened, scratch: Path) -> Path:
    """The rows of a JSON document, one on each line."""
    text = opened.path.read_text(encoding="utf-8").strip()
    try:
        document = json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines) and len(lines) > 1:
            opened.shape = Shape.LINES
            return opened.path
        where = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceRefused(f"{opened.name}{where} is no whole JSON document: export it again") from error
    except RecursionError as error:
        raise SourceRefused(f"{opened.name} is nested too deeply to be a table") from error
    rows = _rows_of(opened, document)
    target = scratch / f"{len(list(scratch.iterdir()))}-rows.jsonl"
    with target.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return target


def _rows_of(opened: Opened, document: Any) -> list[Any]:
    """The array of rows: the document, the one at `reader.rows`, or the only array of objects inside it."""
    if opened.reader.rows:
        for key in opened.reader.rows.split("."):
            if not isinstance(document, dict) or key not in document:
                raise SourceRefused(f"{opened.name} holds nothing at rows = {opened.reader.rows!r}")
            document = document[key]
    if isinstance(document, list):
        if not document:
            raise SourceRefused(f"{opened.name} holds no rows: export it again, or take it out of files")
        return document
    arrays = list(_arrays(document, ""))
    if len(arrays) > 1:
        listed = " and ".join(path for path, _ in arrays)
        raise SourceRefused(f"{opened.name} holds several arrays of objects, {listed}: name one in rows =")
    if not arrays:
        return [document]
    path, rows = arrays[0]
    opened.notes.append(f"{opened.name}: the rows are read from {path!r}")
    return rows


def _arrays(document: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    for key, value in document.items() if isinstance(document, dict) else ():
        inner = f"{path}.{key}".lstrip(".")
        if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            yield inner, value
        elif isinstance(value, dict):
            yield from _arrays(value, inner)


def _tree_of_structure(structure: Any) -> dict[str, Any]:
    """The tree of a value's parts, from DuckDB's json_structure."""
    if isinstance(structure, dict):
        return {key: _tree_of_structure(value) for key, value in structure.items()}
    if isinstance(structure, list):
        return {LIST: _tree_of_structure(structure[0]) if structure else {}}
    return {}


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Paths of single values, and of lists of such."""
    for key, inner in tree.items():
        here = f"{path}.{key}" if path else key
        if inner.get(LIST):
            yield from _leaves(inner[LIST], f"{here}.0")
        elif not inner or LIST in inner:
            yield here
        else:
            yield from _leaves(inner, here)


def _walk(tree: Mapping[str, Any], path: str) -> tuple[list[str | int], Mapping[str, Any]] | None:
    """The steps to a path and the tree of what is there; a key that holds dots itself goes first."""
    if not path:
        return [], tree
    if LIST in tree:
        head, _, rest = path.partition(".")
        if head.isdigit():
            found = _walk(tree[LIST], rest)
            return ([int(head), *found[0]], found[1]) if found else None
        found = _walk(tree[LIST], path)
        return (["*", *found[0]], found[1]) if found else None
    parts = path.split(".")
    for size in range(len(parts), 0, -1):
        name = ".".join(parts[:size])
        like = [k for k in tree if k == name] or [k for k in tree if plain(k) == plain(name)]
        if len(like) == 1 and (found := _walk(tree[like[0]], ".".join(parts[size:]))):
            return [like[0], *found[0]], found[1]
    return None


def _json_path(opened: Opened, column: str) -> str:
    found = _walk(opened.tree, column)
    steps = found[0] if found else [column]
    if found and LIST in found[1]:
        steps = [*steps, "*"]
    shown = (f"[{s}]" if isinstance(s, int) or s == "*" else "." + json.dumps(s, ensure_ascii=False) for s in steps)
    return "$" + "".join(shown)


def _json_value(name: str, path: str, decimal: str) -> str:
    """One text: numbers whole without `.0`, their decimal mark as the mapping reads it; several joined."""
    if "[*]" in path:
        return f"nullif(array_to_string(json_extract_string(j, ${name}), '{JOINED}'), '')"
    text = f"json_extract_string(j, ${name})"
    whole = (
        f"CASE WHEN regexp_full_match({text}, '{WHOLE}') THEN split_part({text}, '.', 1) "
        f"ELSE {_marked(text, decimal)} END"
    )
    return f"CASE WHEN json_type(j, ${name}) = 'DOUBLE' THEN {whole} ELSE {text} END"


def _marked(text: str, decimal: str) -> str:
    return f"replace({text}, '.', '{decimal}')" if decimal != "." else text


def _refuse_objects(
    connection: duckdb.DuckDBPyConnection,
    opened: Opened,
    columns: Sequence[str],
    paths: Mapping[str, str],
    numbered: str,
) -> None:
    """Refuses values that are objects in some rows only, which the common structure does not show."""
    for column, (name, path) in zip(columns, paths.items(), strict=True):
        kind = (
            f"list_contains(json_type(j, ${name}), 'OBJECT')"
            if "[*]" in path
            else f"json_type(j, ${name}) IN ('OBJECT', 'ARRAY')"
        )
        found = connection.execute(
            f"SELECT i, json_extract(j, ${name})::VARCHAR FROM {numbered} WHERE {OBJECT} AND {kind} LIMIT 1",
            {"p": str(opened.path), name: path},
        ).fetchall()
        if found:
            line, text = found[0]
            keys = re.findall(r'"([^"]+)":', text)[:6]
            inside = f"; name what is inside it: {', '.join(f'{column}.{k}' for k in keys)}" if keys else ""
            raise SourceRefused(f"{opened.name}:{line}: {column!r} is an object or a list, not one value{inside}")


def open_parquet(connection: duckdb.DuckDBPyConnection, part: Part, reader: Reader) -> Opened:
    """Opens a Parquet file; its structs and lists are named by paths, as JSON is."""
    opened = Opened(part.name, part.shape, part.path, reader)
    relation = connection.sql(f"SELECT * FROM {_parquet(part.path)} LIMIT 0")
    opened.tree = {n: _tree_of_type(t) for n, t in zip(relation.columns, relation.types, strict=True)}
    opened.columns = tuple(_leaves(opened.tree))
    types = dict(zip(relation.columns, (t.id for t in relation.types), strict=True))
    opened.numbers = frozenset(n for n, t in types.items() if t in NUMBERS or "int" in t)
    return opened


def fetch_parquet(
    connection: duckdb.DuckDBPyConnection, place: Place, opened: Opened, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Appends the values at the paths `columns`, as text: whole numbers without `.0`, moments in ISO."""
    select = "".join(f", {_parquet_value(opened, c)}" for c in columns)
    connection.execute(
        f"INSERT INTO {place.target} SELECT $s + file_row_number + 1, $f || ':' || (file_row_number + 1){select} "
        f"FROM {_parquet(opened.path, ', file_row_number = true')}",
        {"s": place.start, "f": opened.name},
    )
    return []


def _parquet(path: Path, more: str = "") -> str:
    return f"read_parquet({text_sql(str(path))}, binary_as_string = true{more})"


def _tree_of_type(kind: Any) -> dict[str, Any]:
    """The tree of a value's parts, from a type of DuckDB's."""
    if kind.id == "struct":
        return {name: _tree_of_type(inner) for name, inner in kind.children}
    if kind.id in ("list", "array"):
        return {LIST: _tree_of_type(kind.children[0][1])}
    return {}


def _parquet_value(opened: Opened, column: str) -> str:
    found = _walk(opened.tree, column)
    steps, tree = found or ([column], SCALAR)
    value = ""
    for step in steps:
        if step == "*":
            raise SourceRefused(
                f"{opened.name}: {column!r} names no element of a list: write its number, as in emails.0"
            )
        value = (
            f"{value}[{step + 1}]" if isinstance(step, int) else f"{value}.{quoted(step)}" if value else quoted(step)
        )
    if LIST in tree:
        return f"array_to_string({value}, '{JOINED}')"
    text = f"CAST({value} AS VARCHAR)"
    mark = "." if column in opened.numbers else opened.reader.decimal
    number = (
        f"CASE WHEN {value}::DOUBLE = trunc({value}::DOUBLE) AND abs({value}::DOUBLE) < 1e18 "
        f"THEN CAST({value}::HUGEINT AS VARCHAR) ELSE {_marked(text, mark)} END"
    )
    return f"CASE WHEN typeof({value}) IN ('DOUBLE', 'FLOAT') THEN {number} ELSE {text} END"
